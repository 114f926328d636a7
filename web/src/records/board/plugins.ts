// How cards are dragged: with the pointer only (the menu is the way for the keyboard), and with the nonce that
// lets the drag style sheet through the content security policy.
import { Accessibility, type DragDropManagerInput, PointerSensor, StyleInjector } from '@dnd-kit/dom'

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content

/** Without the plug-in that makes each card a button: a card holds a link and a menu of its own. */
export const dragPlugins: DragDropManagerInput['plugins'] = (defaults) => [
  ...defaults.filter((plugin) => plugin !== Accessibility),
  StyleInjector.configure({ nonce }),
]

export const dragSensors: DragDropManagerInput['sensors'] = [PointerSensor]
