import { describe, expect, it } from 'vitest'
import type { ObjectDetail, View } from '../../api/types.ts'
import { parseListSearch } from './search.ts'
import { effectiveFilter, listState } from './state.ts'

const field = (name: string, type: string) => ({ name, type, label: name })
const meta = {
  name: 'account',
  name_field: 'name',
  fields: [field('name', 'text'), field('industry', 'picklist'), field('revenue', 'money')],
  layout: {
    highlights: ['industry'],
    sections: [{ label: '', columns: 2, fields: ['name', 'revenue'] }],
    related: [],
  },
  stage: null,
  pipelines: [],
  views: [],
} as unknown as ObjectDetail
const view = {
  id: 'v1',
  label: 'All',
  kind: 'list',
  columns: ['name', 'revenue', 'gone'],
  filter: { field: 'industry', op: '=', value: 'it' },
  sort: [{ field: 'name', desc: false }],
  default: true,
} as unknown as View

describe('state of a list', () => {
  it('is what the view says, without fields that no longer exist', () => {
    const state = listState(meta, [view], {})
    expect(state.columns).toEqual(['name', 'revenue'])
    expect(state.filter).toEqual(view.filter)
    expect(state.changed).toBe(false)
  })
  it('is overlaid by the URL', () => {
    const state = listState(meta, [view], { filter: null, columns: ['industry'] })
    expect(state.filter).toBeNull()
    expect(state.columns).toEqual(['industry'])
    expect(state.changed).toBe(true)
  })
  it('falls back to the layout without a view', () => {
    expect(listState(meta, [], {}).columns).toEqual(['name', 'industry', 'revenue'])
  })
  it('joins the search box to the filter', () => {
    const state = listState(meta, [view], { q: '网' })
    expect(effectiveFilter(meta, state)).toEqual({
      all: [view.filter, { field: 'name', op: 'contains', value: '网' }],
    })
  })
})

it('reads only well-formed search parameters', () => {
  expect(
    parseListSearch({ kind: 'x', filter: { field: 'a', op: 'DROP' }, sort: ['x'], view: 7, q: '' }),
  ).toEqual({
    filter: null,
    sort: [],
    view: '7',
  })
})
