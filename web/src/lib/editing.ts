// Whether somebody is in the middle of something on this page that must not be disturbed. The marks are in the page itself,
// so that whatever edits needs to know nothing of whatever waits.

/** Forms and boxes with their own copy of a record, and pages with unsaved changes. */
const forms = 'dialog[open] form, .inline-form, .save-bar'
/** A cell of a row, or a card in the hand: the rows around must stay where they are. `data-editing` names the record. */
const rows = '[data-editing], [data-dnd-dragging]'

export const isEditingRow = () => document.querySelector(rows) !== null

export const isEditing = () => document.querySelector(`${forms}, ${rows}`) !== null

/** The record of the row that is being edited. */
export const editedRecord = () =>
  document.querySelector<HTMLElement>('[data-editing]')?.dataset.editing ?? null
