// Keyboard helpers shared by inputs and menus.
import type { KeyboardEvent } from 'react'

/** True while an input method is composing: Enter then picks a character and must not submit anything. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229
}
