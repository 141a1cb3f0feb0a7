import { useEffect, useRef } from 'preact/hooks'
import { EditorView, keymap, lineNumbers, drawSelection, tooltips } from '@codemirror/view'
import { EditorState } from '@codemirror/state'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { json } from '@codemirror/lang-json'
import { tags } from '@lezer/highlight'
import { api, characters } from './api.js'

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--name)' },
  { tag: tags.string, color: 'var(--text-literal)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--number)' },
])

const theme = EditorView.theme({
  '&': { fontSize: 'var(--code-size)', backgroundColor: 'var(--field)', borderRadius: '6px', border: '1px solid var(--line)' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--ink)', minHeight: '7em' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--faint)', border: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--ink)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
})

// complete asks the server for the words that can follow.
function completion(entity) {
  return autocompletion({
    override: [async context => {
      const before = context.state.sliceDoc(0, context.pos)
      if (!context.explicit && !/["$.:\w]$/.test(before)) return null
      try {
        const { from, words } = await api.complete(entity.current, 'where', before)
        if (!words.length) return null
        const start = characters(before, from)
        return { from: start, options: words.map(label => ({ label })), validFor: /^[$\w]*$/ }
      } catch {
        return null
      }
    }],
  })
}

// Editor is the condition: JSON with completion, and the server's mistakes where they stand.
export function Editor({ value, onChange, onRun, entity, problem }) {
  const at = useRef(), view = useRef(), now = useRef(entity), change = useRef(onChange), run = useRef(onRun)
  now.current = entity
  change.current = onChange
  run.current = onRun
  useEffect(() => {
    view.current = new EditorView({
      parent: at.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), json(), syntaxHighlighting(colours), theme,
          completion(now), tooltips({ position: 'absolute' }), EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'Condition as JSON' }),
          keymap.of([
            { key: 'Mod-Enter', run: () => (run.current(), true) },
            ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap,
          ]),
          EditorView.updateListener.of(u => u.docChanged && change.current(u.state.doc.toString())),
        ],
      }),
    })
    return () => view.current.destroy()
  }, [])
  useEffect(() => {
    const v = view.current
    if (v.state.doc.toString() !== value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const v = view.current, text = v.state.doc.toString()
    const marks = []
    if (problem?.source === text.trim() && problem.source !== '') {
      const shift = text.length - text.trimStart().length
      const from = Math.min(shift + characters(problem.source, problem.from), text.length)
      const to = Math.min(Math.max(shift + characters(problem.source, problem.to), from + 1), text.length)
      marks.push({ from: Math.min(from, to), to, severity: 'error', message: problem.message })
    }
    v.dispatch(setDiagnostics(v.state, marks))
  }, [problem, value])
  return <div class="editor" ref={at} />
}
