import { expect, it } from 'vitest'
import { cleanHtml } from './show.tsx'

it('keeps mark-up and drops whatever runs', () => {
  expect(cleanHtml('<p onclick="x()">Hi <b>you</b><script>alert(1)</script><img src=x onerror=y></p>')).toBe(
    '<p>Hi <b>you</b></p>',
  )
  expect(cleanHtml('<a href="javascript:x()">a</a>')).toBe('<a rel="noopener noreferrer">a</a>')
})
