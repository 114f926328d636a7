// Which comparisons make sense for which kinds of values.
import type { Operator } from '../../lib/filter.ts'

export const textOperators: Operator[] = ['contains', '=', '!=', 'starts_with', 'is_null', 'not_null']
export const numberOperators: Operator[] = ['=', '!=', '>', '>=', '<', '<=', 'is_null', 'not_null']
export const dateOperators: Operator[] = ['=', '>=', '<=', '>', '<', 'is_null', 'not_null']
export const choiceOperators: Operator[] = ['in', 'not_in', '=', '!=', 'is_null', 'not_null']
export const setOperators: Operator[] = ['includes', 'excludes', 'is_null', 'not_null']
export const lookupOperators: Operator[] = ['=', '!=', 'is_null', 'not_null']
export const emptyOperators: Operator[] = ['is_null', 'not_null']
export const booleanOperators: Operator[] = ['=', 'is_null', 'not_null']
export const addressOperators: Operator[] = ['is_null', 'not_null']
