// Which page of the guide helps where one is.
const pages: Array<[RegExp, string]> = [
  [/^\/imports/, 'import'],
  [/^\/recycle-bin/, 'recycle-bin-and-undo'],
  [/^\/o\/[^/]+\/[^/]+/, 'records-and-timeline'],
  [/^\/(o|search)/, 'lists-and-boards'],
  [/^\/settings\/(roles|compare|sharing|positions|groups|territories|queues)/, 'who-sees-what'],
  [/^\/settings\/audit/, 'audit'],
  [/^\/settings/, 'signing-in'],
]

/** The guide's page for an address of the application. */
export const guidePageFor = (path: string): string =>
  pages.find(([pattern]) => pattern.test(path))?.[1] ?? 'getting-started'
