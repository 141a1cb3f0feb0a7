import { useEffect, useState } from 'preact/hooks'
import { api, took } from './api.js'
import { Plan } from './plan.jsx'
import { short } from './rows.jsx'

const size = 50

const at = (row, path) => path.split('.').reduce((v, step) => v?.[step], row)
const keyParts = (entity, row) => entity.key.map(path => { const v = at(row, path); return v !== null && typeof v === 'object' && !Array.isArray(v) ? Object.values(v)[0] : v })

// typed turns what was typed into a value for a property.
function typed(p, text) {
  if (text === '' && p.nullable) return null
  const kind = (p.type ?? '').replace(/[ (].*/, '')
  if (/^(int|uint|float)/.test(kind) && text !== '' && Number.isSafeInteger(Number(text))) return Number(text)
  if (kind === 'float' && text !== '') return Number(text)
  if (kind === 'bool') return text === 'true'
  if (kind === 'json' || kind === 'array' || p.kind === 'embedded') { try { return JSON.parse(text) } catch { return text } }
  if (p.target && /^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  return text
}

function csv(columns, rows) {
  const cell = v => { const s = v === null || v === undefined ? '' : typeof v === 'object' ? JSON.stringify(v) : String(v); return /[",\n]/.test(s) ? '"' + s.replaceAll('"', '""') + '"' : s }
  return [columns.join(','), ...rows.map(r => columns.map(c => cell(at(r, c))).join(','))].join('\n')
}

function save(name, text, type) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

function Form({ entity, row, onDone, onCancel }) {
  const editable = entity.properties.filter(p => !(p.many) && !p.hidden && (p.columns.length > 0 || p.target) && (!row || !p.key) && !(p.made && !row))
  const first = {}
  for (const p of editable) { const v = row ? at(row, p.path) : undefined; first[p.path] = v === null || v === undefined ? '' : typeof v === 'object' ? JSON.stringify(v) : String(v) }
  const [now, setNow] = useState(first)
  const submit = e => {
    e.preventDefault()
    const set = {}
    for (const p of editable) if (now[p.path] !== first[p.path]) set[p.path] = typed(p, now[p.path])
    onDone({ entity: entity.name, key: row ? keyParts(entity, row) : [], set })
  }
  return (
    <form class="sheet" onSubmit={submit} aria-label={row ? `change ${entity.name}` : `new ${entity.name}`}>
      <h2>{row ? 'Change' : 'New'} {entity.name}</h2>
      {editable.map(p => (
        <label class="field"><span>{p.path}</span>
          {p.enum ? <select value={now[p.path]} onChange={e => setNow({ ...now, [p.path]: e.target.value })}><option value=""></option>{p.enum.map(v => <option>{String(v)}</option>)}</select>
            : <input value={now[p.path]} placeholder={(p.target ? 'key of ' + p.target : p.type) + (p.nullable ? ', empty is null' : '')} onInput={e => setNow({ ...now, [p.path]: e.target.value })} />}
        </label>
      ))}
      <div class="acts"><button class="main">Add to the changes</button><button type="button" onClick={onCancel}>Cancel</button></div>
    </form>
  )
}

function Changes({ changes, setChanges, done }) {
  const [plan, setPlan] = useState()
  const show = async () => { try { setPlan(await api.plan(changes)) } catch (problem) { setPlan({ problem }) } }
  useEffect(() => { setPlan(); show() }, [changes])
  const flush = async () => {
    try {
      const sent = await api.flush(changes)
      setChanges([])
      done(sent)
    } catch (problem) {
      setPlan(before => ({ ...before, problem }))
    }
  }
  return (
    <section class="changes" aria-label="changes to send">
      <h3>{changes.length} {changes.length === 1 ? 'change' : 'changes'}, not sent yet</h3>
      <ul>{changes.map((c, i) => (
        <li>{c.remove ? 'remove' : c.key.length ? 'change' : 'new'} <b>{c.entity}</b> {c.key.map(short).join(', ')} <span class="faint">{Object.entries(c.set ?? {}).map(([k, v]) => `${k} = ${short(v)}`).join(', ')}</span>
          <button onClick={() => setChanges(changes.filter((_, j) => j !== i))} aria-label="take back">×</button></li>
      ))}</ul>
      {plan?.problem && <p class="problem" role="alert">{plan.problem.message}</p>}
      {plan?.plan && <figure class="drawn" aria-label="plan of the unit of work"><Plan text={plan.plan} /></figure>}
      <div class="acts"><button class="main" disabled={!plan?.plan} onClick={flush}>Send</button><button onClick={() => setChanges([])}>Forget</button></div>
    </section>
  )
}

export function Data({ model, state, set }) {
  const name = model.byName[state.browse] ? state.browse : model.entities[0]?.name
  const entity = model.byName[name]
  const [where, setWhere] = useState('')
  const [order, setOrder] = useState('')
  const [page, setPage] = useState(0)
  const [answer, setAnswer] = useState()
  const [editing, setEditing] = useState()
  const [changes, setChanges] = useState([])
  const [said, setSaid] = useState('')
  const load = async () => {
    try {
      setAnswer(await api.browse({ entity: name, where, order: order ? [order] : [], limit: size, offset: page * size }))
    } catch (problem) {
      setAnswer({ problem })
    }
  }
  useEffect(() => { load() }, [name, page, order])
  const pick = (next, filter = '') => { setWhere(filter); setPage(0); setOrder(''); setEditing(); set({ browse: next }) }
  useEffect(() => { if (where) load() }, [name])
  const columns = entity.properties.filter(p => !p.many && (p.columns.length > 0 || !p.target)).map(p => p.path)
  const follow = (p, row) => {
    const to = model.byName[p.target], key = at(row, p.path)
    if (p.many || p.columns.length === 0) {
      const back = p.inverse, own = keyParts(entity, row)
      if (back && own.length === 1) return pick(p.target, JSON.stringify({ [back]: own[0] }))
      return
    }
    if (key !== null && to.key.length === 1) pick(p.target, JSON.stringify({ [to.key[0]]: key }))
  }
  const many = entity.properties.filter(p => p.target && (p.many || p.columns.length === 0) && p.inverse && entity.key.length === 1)
  const rows = answer?.rows ?? []
  return (
    <main class="data">
      <nav class="names" aria-label="entities">{model.entities.map(e => <button class={e.name === name ? 'on' : ''} aria-current={e.name === name} onClick={() => pick(e.name)}>{e.name}</button>)}</nav>
      <section>
        <form class="bar-top" onSubmit={e => { e.preventDefault(); setPage(0); load() }}>
          <label class="field grow"><span>condition</span><input value={where} placeholder={'{"name:like": "a%"}'} spellcheck={false} onInput={e => setWhere(e.target.value)} /></label>
          <button>Filter</button>
          <button type="button" onClick={() => save(name + '.csv', csv(columns, rows), 'text/csv')}>CSV</button>
          <button type="button" onClick={() => save(name + '.json', JSON.stringify(rows, null, 2), 'application/json')}>JSON</button>
          {model.write && !entity.readOnly && !entity.abstract && <button type="button" onClick={() => setEditing({})}>New</button>}
        </form>
        {said && <p class="advice" role="status">{said}</p>}
        {changes.length > 0 && <Changes changes={changes} setChanges={setChanges} done={sent => { setSaid(`sent: ${(sent.events ?? []).filter(e => e.kind === 'query').length} statements, ${took((sent.events ?? []).reduce((n, e) => n + (e.took ?? 0), 0))}`); load() }} />}
        {editing && <Form entity={entity} row={editing.row} onCancel={() => setEditing()} onDone={c => { setChanges([...changes, c]); setEditing() }} />}
        {answer?.problem ? <p class="problem" role="alert">{answer.problem.message}</p> : (
          <>
            <p class="faint" aria-live="polite">{answer ? `${answer.total} rows` : ''}{answer?.total > size && `, ${page * size + 1} to ${Math.min(answer.total, (page + 1) * size)}`}
              {page > 0 && <button onClick={() => setPage(page - 1)}>back</button>}
              {answer?.total > (page + 1) * size && <button onClick={() => setPage(page + 1)}>on</button>}
            </p>
            <div class="scroll" tabIndex="0" role="region" aria-label={`rows of ${name}`}>
              <table>
                <thead><tr>
                  {columns.map(c => <th scope="col" aria-sort={order === c ? 'ascending' : order === '-' + c ? 'descending' : 'none'}><button class="link" onClick={() => { setPage(0); setOrder(order === c ? '-' + c : c) }}>{c}{order === c ? ' ↑' : order === '-' + c ? ' ↓' : ''}</button></th>)}
                  {many.map(p => <th scope="col">{p.path}</th>)}
                  {model.write && <th scope="col">edit</th>}
                </tr></thead>
                <tbody>{rows.map(row => (
                  <tr>
                    {columns.map(c => {
                      const p = entity.properties.find(x => x.path === c), v = at(row, c)
                      return <td class={v === null || v === undefined ? 'faint' : ''}>{p.target && v !== null && v !== undefined ? <button class="link" onClick={() => follow(p, row)} aria-label={`${p.target} ${short(v)}`}>{short(v)}</button> : short(v)}</td>
                    })}
                    {many.map(p => <td><button class="link" onClick={() => follow(p, row)} aria-label={`${p.path} of ${keyParts(entity, row).map(short)}`}>→</button></td>)}
                    {model.write && <td class="acts"><button onClick={() => setEditing({ row })}>change</button><button onClick={() => setChanges([...changes, { entity: name, key: keyParts(entity, row), remove: true }])}>remove</button></td>}
                  </tr>
                ))}</tbody>
              </table>
            </div>
          </>
        )}
      </section>
    </main>
  )
}
