// Package complete offers what can follow the text before the cursor: commands,
// entities, and property paths, also inside a condition that is being typed.
package complete
