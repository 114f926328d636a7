import { expect, it } from 'vitest'
import { toBytes, toText } from './webauthn.ts'

it('takes bytes to base64url and back', () => {
  const bytes = Uint8Array.from([0, 1, 250, 251, 252, 253, 254, 255])
  expect(toText(bytes.buffer)).toBe('AAH6-_z9_v8')
  expect([...toBytes('AAH6-_z9_v8')]).toEqual([...bytes])
  expect(toText(new ArrayBuffer(0))).toBe('')
})
