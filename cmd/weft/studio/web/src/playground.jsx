import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { api, took } from './api.js'
import { query } from './link.js'
import { Editor } from './editor.jsx'
import { Code } from './code.jsx'
import { Explained } from './plan.jsx'
import { Row, Table } from './rows.jsx'

function Field({ name, label, hint, state, set, long }) {
  const Tag = long ? 'textarea' : 'input'
  return (
    <label class="field"><span>{label}</span>
      <Tag value={state[name]} rows={long ? 2 : undefined} placeholder={hint} spellcheck={false} autocomplete="off" onInput={e => set({ [name]: e.target.value })} />
    </label>
  )
}

// useCompiled is what the query becomes, asked a moment after the last change.
function useCompiled(text) {
  const [answer, setAnswer] = useState({})
  useEffect(() => {
    let live = true
    const timer = setTimeout(async () => {
      const asked = JSON.parse(text)
      if (!asked.entity) return
      try {
        const compiled = await api.compile(asked)
        if (live) setAnswer({ compiled })
      } catch (problem) {
        if (live) setAnswer(before => ({ compiled: before.compiled, problem }))
      }
    }, 150)
    return () => { live = false; clearTimeout(timer) }
  }, [text])
  return answer
}

function Statements({ compiled, dialect, stale }) {
  const [inline, setInline] = useState(false)
  if (dialect === 'tree') return <Code text={compiled.tree} label="condition tree" plain />
  if (dialect === 'go') return compiled.code ? <Code text={compiled.code} label="Go code" /> : <p class="faint">groups are queries of the builder: see orm.QB</p>
  const target = compiled.targets.find(t => t.dialect === dialect) ?? compiled.targets[0]
  return (
    <div class={stale ? 'stale' : ''}>
      <label class="check"><input type="checkbox" checked={inline} onChange={e => setInline(e.target.checked)} /> values in their places</label>
      {target.steps.map(s => (
        <section class="statement">
          <h3>{s.name} <span class="faint">{s.entity}{s.keys && ' · ' + s.keys}</span></h3>
          {s.error ? <p class="problem" role="alert">{s.error}</p> : <Code text={inline ? s.inline : s.text} label={`${target.dialect}: ${s.name}`} language={target.dialect === 'mongo' ? 'other' : 'sql'} />}
          {!inline && s.params.length > 0 && <ol class="params">{s.params.map(p => <li>{p}</li>)}</ol>}
        </section>
      ))}
    </div>
  )
}

function Events({ events }) {
  const list = events.filter(e => e.kind === 'query')
  return (
    <ol class="events" aria-label="statements sent">
      {list.map(e => <li><span class="badge">{took(e.took ?? 0)}</span> {e.more?.rows !== undefined && <span class="badge">{e.more.rows} rows</span>} <code>{e.text}</code></li>)}
    </ol>
  )
}

function Answer({ model, entity, answer }) {
  if (!answer) return null
  if (answer.problem) return <p class="problem" role="alert">{answer.problem.message}</p>
  const { result, plan, comparison } = answer
  if (plan) return (
    <section aria-label="plan">
      {plan.missing.map(m => <p class="advice">{m}</p>)}
      <figure class="drawn"><Explained node={plan.plan} /></figure>
    </section>
  )
  if (comparison) {
    const best = Math.min(...comparison.filter(c => !c.error).map(c => c.took))
    return (
      <section aria-label="strategies">
        {comparison.map(c => (
          <div class="strategy">
            <h3>{c.strategy} {c.took === best && !c.error && <span class="badge good">fastest</span>}</h3>
            {c.error ? <p class="problem">{c.error}</p> : <p>{took(c.took)} · {c.statements} statements</p>}
            {!c.error && <span class="bar" style={{ width: `${200 * c.took / Math.max(...comparison.map(x => x.took || 1))}px` }} />}
          </div>
        ))}
      </section>
    )
  }
  const head = result.count !== undefined ? `count: ${result.count}` : `${(result.rows ?? result.table.rows).length} rows${result.more ? ', and more' : ''}`
  return (
    <section aria-label="rows">
      <h3 aria-live="polite">{head} <span class="faint">{took(result.took)}</span></h3>
      {result.table && <Table columns={result.table.columns} rows={result.table.rows} label="groups" />}
      {result.rows && <ul class="graph" role="tree" aria-label="rows as a graph">{result.rows.map((row, i) => <Row model={model} name={entity} row={row} open={i === 0} />)}</ul>}
      <Events events={result.events} />
    </section>
  )
}

export function Playground({ model, state, set, onLit }) {
  const asked = useMemo(() => query(state), [state])
  const text = JSON.stringify(asked)
  const { compiled, problem } = useCompiled(text)
  const [answer, setAnswer] = useState()
  const [busy, setBusy] = useState(false)
  const latest = useRef(asked)
  latest.current = asked
  useEffect(() => onLit(compiled?.lit ?? []), [compiled])
  const act = async (name, as) => {
    setBusy(true)
    try {
      setAnswer({ [as]: await api[name](latest.current), entity: latest.current.entity })
    } catch (problem) {
      setAnswer({ problem })
    }
    setBusy(false)
  }
  const run = () => act('run', 'result')
  const dialects = [...(compiled?.targets.map(t => t.dialect) ?? []), 'tree', 'go']
  const engine = compiled?.targets.some(t => t.dialect === model.engine) ? model.engine : dialects[0]
  const dialect = dialects.includes(state.dialect) ? state.dialect : engine
  const elsewhere = problem && problem.source !== asked.where
  return (
    <main class="playground">
      <section class="asking" aria-label="query">
        <label class="field"><span>entity</span>
          <select value={state.entity} onChange={e => set({ entity: e.target.value })}>{model.entities.map(e => <option>{e.name}</option>)}</select>
        </label>
        <Editor value={state.where} onChange={where => set({ where })} onRun={run} entity={state.entity} problem={problem} />
        {problem && <p class="problem" role="alert">{elsewhere && problem.source ? `${problem.source}: ` : ''}{problem.message}</p>}
        <div class="fields">
          <Field name="populate" label="populate" hint={'books.tags\nbooks={"limit": 5}'} state={state} set={set} long />
          <Field name="populateWhere" label="populate where" hint="$infer or a condition" state={state} set={set} />
          <Field name="order" label="order" hint="-name,id" state={state} set={set} />
          <Field name="fields" label="fields" hint="name,books.title or count(*)" state={state} set={set} />
          <Field name="group" label="group" hint="paths" state={state} set={set} />
          <Field name="having" label="having" hint='{"count(*) >": 1}' state={state} set={set} />
          <Field name="limit" label="limit" hint="none" state={state} set={set} />
          <Field name="offset" label="offset" hint="0" state={state} set={set} />
          <label class="field"><span>strategy</span>
            <select value={state.strategy} onChange={e => set({ strategy: e.target.value })}>
              <option value="">default</option><option>select-in</option><option>joined</option><option>balanced</option>
            </select>
          </label>
          <label class="check"><input type="checkbox" checked={state.count} onChange={e => set({ count: e.target.checked })} /> count</label>
        </div>
        <div class="acts">
          <button class="main" disabled={busy || !!problem} onClick={run} title="Ctrl+Enter">Run</button>
          <button disabled={busy || !!problem} onClick={() => act('explain', 'plan')}>Explain</button>
          <button disabled={busy || !!problem} onClick={() => act('compare', 'comparison')}>Compare strategies</button>
          <button onClick={() => navigator.clipboard.writeText(location.href.replace(/token=[^&#]*&?/, ''))}>Copy link</button>
        </div>
        <Answer model={model} entity={answer?.entity} answer={answer} />
      </section>
      <section class="becoming" aria-label="what it becomes">
        <div class="tabs" role="tablist" aria-label="languages">
          {dialects.map(d => <button role="tab" aria-selected={d === dialect} onClick={() => set({ dialect: d })}>{d}</button>)}
        </div>
        {compiled && <div role="tabpanel" aria-label={dialect}><Statements compiled={compiled} dialect={dialect} stale={!!problem} /></div>}
      </section>
    </main>
  )
}
