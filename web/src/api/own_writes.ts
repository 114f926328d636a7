// The change sets that this page wrote itself: it has shown them already, so live updates may pass them by.
const kept = 200
const own: string[] = []

export function rememberOwnWrite(changeSet: string) {
  own.push(changeSet)
  if (own.length > kept) own.shift()
}

export const isOwnWrite = (changeSet: string) => own.includes(changeSet)
