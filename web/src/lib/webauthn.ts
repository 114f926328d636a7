// Passkeys in the browser: bytes to base64url and back, making one, signing in by one.

/** Whether this browser knows passkeys. */
export const knowsPasskeys = (): boolean => typeof window.PublicKeyCredential === 'function'

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

export function toText(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export interface Creation {
  challenge: string
  rp_id: string
  user_id: string
  user_name: string
  user_display_name: string
  exclude: string[]
}

/** Lets the device make a passkey; null if its owner has thought better of it. */
export async function makePasskey(creation: Creation) {
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: toBytes(creation.challenge),
        rp: { id: creation.rp_id, name: 'Guanxi' },
        user: {
          id: toBytes(creation.user_id),
          name: creation.user_name,
          displayName: creation.user_display_name,
        },
        // ES256, which every platform has.
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: creation.exclude.map((id) => ({ type: 'public-key', id: toBytes(id) })),
        attestation: 'none',
      },
    }),
  )
  if (!credential) return null
  const { clientDataJSON, attestationObject } = credential.response as AuthenticatorAttestationResponse
  return { client_data: toText(clientDataJSON), attestation: toText(attestationObject) }
}

/** Lets the device sign with one of its passkeys; null if its owner has thought better of it. */
export async function signByPasskey({ challenge, rp_id }: { challenge: string; rp_id: string }) {
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: { challenge: toBytes(challenge), rpId: rp_id, userVerification: 'required' },
    }),
  )
  if (!credential) return null
  const { clientDataJSON, authenticatorData, signature } =
    credential.response as AuthenticatorAssertionResponse
  return {
    id: toText(credential.rawId),
    client_data: toText(clientDataJSON),
    authenticator_data: toText(authenticatorData),
    signature: toText(signature),
  }
}

/** The browser says by an exception that the dialog was closed, or that the device is known already. */
async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await ask()) as PublicKeyCredential | null
  } catch (error) {
    const closed = ['NotAllowedError', 'AbortError', 'InvalidStateError']
    if (error instanceof DOMException && closed.includes(error.name)) return null
    throw error
  }
}
