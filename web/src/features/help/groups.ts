// Which shortcuts work where.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { objectsQuery } from '../../api/queries.ts'
import type { places } from '../../lib/shortcuts.ts'
import { objectOf } from '../palette/target.ts'

export interface Shortcut {
  keys: string[]
  label: string
  /** The keys are held together. */
  together?: boolean
  /** Each of the keys does it. */
  any?: boolean
  /** A letter alone, which can be switched off. */
  letter?: boolean
}

interface ShortcutGroup {
  title: string
  shortcuts: Shortcut[]
}

const command = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl'

/** What is on the page, as far as shortcuts differ by it. */
function pageOf(path: string): 'list' | 'board' | 'record' | null {
  if (!objectOf(path)) return null
  if (/^\/o\/[^/]+\/[^/]+/.test(path)) return 'record'
  return document.querySelector('main .board') ? 'board' : 'list'
}

export function useShortcutGroups(path: string): ShortcutGroup[] {
  const { t } = useTranslation()
  const { data: objects } = useQuery(objectsQuery)
  const summary = objects?.find((item) => item.name === objectOf(path))
  const page = pageOf(path)
  const go = (letter: keyof typeof places, label: string): Shortcut => ({
    keys: ['G', letter.toUpperCase()],
    label,
    letter: true,
  })
  const everywhere: Shortcut[] = [
    { keys: [command, 'K'], together: true, label: t('help.palette') },
    { keys: ['/'], label: t('help.search'), letter: true },
    { keys: ['?'], label: t('help.help'), letter: true },
    { keys: ['Esc'], label: t('help.closeTop') },
    ...(summary?.rights.create
      ? [{ keys: ['C'], label: t('help.create', { object: summary.label }), letter: true }]
      : []),
  ]
  const edit: Shortcut = { keys: ['E'], label: t('help.edit'), letter: true }
  const here: Record<'list' | 'board' | 'record', ShortcutGroup> = {
    list: {
      title: t('help.list'),
      shortcuts: [
        { keys: ['←', '↑', '↓', '→'], label: t('help.move'), any: true },
        ...(summary?.rights.edit
          ? [
              { keys: ['Enter', 'F2'], label: t('help.moveCell'), any: true },
              { keys: ['Esc'], label: t('help.cancelEdit') },
            ]
          : []),
        { keys: ['Shift', 'Space'], together: true, label: t('help.select') },
        { keys: ['Space'], label: t('help.peek') },
        { keys: ['J', 'K'], label: t('help.nextRecord'), any: true },
      ],
    },
    board: {
      title: t('help.board'),
      shortcuts: [
        { keys: ['Space'], label: t('help.drag') },
        { keys: ['←', '→'], label: t('help.dragMove') },
      ],
    },
    record: { title: t('help.record'), shortcuts: summary?.rights.edit ? [edit] : [] },
  }
  const form: ShortcutGroup = {
    title: t('help.form'),
    shortcuts: [
      { keys: [command, 'Enter'], together: true, label: t('help.save') },
      { keys: ['Tab'], label: t('help.nextField') },
    ],
  }
  return [
    { title: t('help.everywhere'), shortcuts: everywhere },
    ...(page && here[page].shortcuts.length > 0 ? [here[page]] : []),
    ...(page ? [form] : []),
    {
      title: t('help.go'),
      shortcuts: [
        go('h', t('nav.home')),
        go('s', t('search.title')),
        go('i', t('nav.imports')),
        go('j', t('nav.jobs')),
        go('r', t('nav.recycleBin')),
      ],
    },
  ]
}
