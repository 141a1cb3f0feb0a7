// The whole state of the page is in its address, behind the #: a link shows what its sender saw.
import { useEffect, useState } from 'preact/hooks'

export const empty = {
  tab: 'playground', entity: '', where: '{}', populate: '', populateWhere: '', order: '', fields: '', group: '', having: '',
  limit: '20', offset: '', strategy: '', count: false, dialect: '', browse: '',
}

function read() {
  const state = { ...empty }
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key in empty) state[key] = key === 'count' ? value === 'true' : value
  }
  return state
}

export function useLink() {
  const [state, setState] = useState(read)
  useEffect(() => {
    const moved = () => setState(read())
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [])
  const set = change => setState(before => {
    const next = { ...before, ...change }
    const words = new URLSearchParams()
    for (const key in empty) if (next[key] !== empty[key]) words.set(key, next[key])
    const hash = '#' + words
    if (hash !== location.hash) {
      const method = change.tab && change.tab !== before.tab ? 'pushState' : 'replaceState'
      history[method](null, '', location.pathname + location.search + hash)
    }
    return next
  })
  return [state, set]
}

// query is the state as the server reads it.
export function query(s) {
  const list = text => text.split(',').map(x => x.trim()).filter(Boolean)
  const number = text => (/^\d+$/.test(text.trim()) ? Number(text) : null)
  return {
    entity: s.entity, where: s.where.trim(), populate: s.populate.split('\n').map(x => x.trim()).filter(Boolean),
    populateWhere: s.populateWhere.trim(), order: list(s.order), fields: list(s.fields), group: list(s.group), having: s.having.trim(),
    limit: number(s.limit), offset: number(s.offset), strategy: s.strategy, count: s.count,
  }
}
