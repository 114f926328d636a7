// How a reference can make the record it points to: whoever shows forms provides it, as fields know none.
import { createContext, use } from 'react'

export interface Made {
  id: string
  name: string
}

/** Opens a form for a new record of an object, with a name; told of the record once it was made. */
export type CreateRecord = (object: string, name: string, onMade: (made: Made) => void) => void

const CreateContext = createContext<CreateRecord | null>(null)

export const CreateRecordProvider = CreateContext.Provider

export const useCreateRecord = (): CreateRecord | null => use(CreateContext)
