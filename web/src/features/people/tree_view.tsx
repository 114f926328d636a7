// A tree of positions or territories: each can be folded, says something beside its name, and has a menu; below it what is open of it.
import { ChevronDown, ChevronRight, Ellipsis } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import type { TreeNode } from './tree.ts'

interface TreeProps {
  label: string
  tree: TreeNode[]
  /** What stands beside the name. */
  aside: (node: TreeNode) => ReactNode
  menu: (node: TreeNode) => MenuEntry[]
  /** What is shown of it below its row. */
  panel?: (node: TreeNode) => ReactNode
}

export function Tree({ label, tree, ...parts }: TreeProps) {
  return (
    <ul className="positions" aria-label={label}>
      {tree.map((node) => (
        <Branch key={node.id} node={node} {...parts} />
      ))}
    </ul>
  )
}

type BranchProps = Omit<TreeProps, 'label' | 'tree'> & { node: TreeNode }

function Branch({ node, ...parts }: BranchProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(true)
  const { name, below } = node
  const actions = t('positions.actions', { name })
  return (
    <li>
      <div className="position-row">
        {below.length > 0 ? (
          <button
            type="button"
            className="btn btn-icon btn-small"
            aria-expanded={open}
            aria-label={open ? t('positions.close', { name }) : t('positions.open', { name })}
            onClick={() => setOpen(!open)}
          >
            {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          </button>
        ) : (
          <span className="position-leaf" />
        )}
        <span className="position-name">{name}</span>
        {parts.aside(node)}
        <Menu
          label={actions}
          align="end"
          items={parts.menu(node)}
          trigger={(props) => (
            <button
              type="button"
              className="btn btn-icon btn-small"
              aria-label={actions}
              title={actions}
              {...props}
            >
              <Ellipsis size={16} aria-hidden />
            </button>
          )}
        />
      </div>
      {parts.panel?.(node)}
      {open && below.length > 0 && (
        <ul>
          {below.map((inner) => (
            <Branch key={inner.id} node={inner} {...parts} />
          ))}
        </ul>
      )}
    </li>
  )
}
