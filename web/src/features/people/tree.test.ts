import { expect, it } from 'vitest'
import { type TreeNode, treeOf } from './tree.ts'

const position = (id: string, parent_id: string | null) => ({ id, name: id.toUpperCase(), parent_id })
const show = (tree: TreeNode[]): string =>
  tree.map(({ id, below }) => (below.length > 0 ? `${id}(${show(below)})` : id)).join(' ')

it('hangs positions below the one above, in their order', () => {
  expect(
    show(treeOf([position('a', 'b'), position('b', null), position('c', 'b'), position('d', 'a')])),
  ).toBe('b(a(d) c)')
})

it('loses none whose parent is out of sight or which stand in a circle', () => {
  expect(show(treeOf([position('a', 'gone')]))).toBe('a')
  expect(
    show(treeOf([position('a', 'b'), position('b', 'a'), position('c', 'c'), position('d', null)])),
  ).toBe('d a(b) c')
})
