import type { CDPSession } from 'playwright-core';
import type { ChatWindow } from './chat-window';

const INTERNAL = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
} as const;

/** The authenticator of a device, as Chromium simulates it: for one window. */
export class VirtualAuthenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  /** The user consents to whatever is asked, until {@link consent} says otherwise. */
  static async of({ page }: ChatWindow): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const options = { ...INTERNAL, automaticPresenceSimulation: true };
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /** Whether the user consents, and is verified by it. */
  async consent(isGiven: boolean): Promise<void> {
    const authenticatorId = this.id;
    await this.session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: isGiven });
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: isGiven });
  }

  /** The authenticator does not recognise its user, and says so at once. */
  async refuse(): Promise<void> {
    const authenticatorId = this.id;
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  }

  async credentials(): Promise<{ userHandle?: string; rpId?: string }[]> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.id });
    return credentials;
  }
}
