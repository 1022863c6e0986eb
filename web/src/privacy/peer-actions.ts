import type { ReportRoom, User } from '@parley/shared';
import { createSignal, type Accessor } from 'solid-js';
import { HttpError } from '../api/http';
import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import { privacyWords } from '../words/words';
import { acceptRequest, blockUser, declineRequest, reportRoom, setTimer, unblockUser } from './privacy.api';

/** What the user decides about the other of a chat. Each resolves with whether the server has taken it. */
export interface PeerActions {
  accept(roomId: number): Promise<boolean>;
  decline(roomId: number): Promise<boolean>;
  block(peer: User): Promise<boolean>;
  unblock(peer: User): Promise<boolean>;
  report(roomId: number, report: ReportRoom): Promise<boolean>;
  setTimer(roomId: number, seconds: number | null): Promise<boolean>;
  isBusy: Accessor<boolean>;
  /** What went wrong with the last one; empty when nothing did. */
  problem: Accessor<string>;
}

/** One at a time. What has changed comes by the socket, to every device of the user; here it is there before the result. */
export function createPeerActions(): PeerActions {
  const { client } = useChat();
  const session = useSession();
  const [isBusy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal('');

  async function run(work: () => Promise<void>): Promise<boolean> {
    if (isBusy()) return false;
    setBusy(true);
    setProblem('');
    try {
      await work();
      await client.wake();
      return true;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      setProblem(error.status === 429 ? privacyWords.tooMany : privacyWords.failed);
      return false;
    } finally {
      setBusy(false);
    }
  }

  return {
    accept: (roomId) => run(() => acceptRequest(roomId)),
    decline: (roomId) => run(() => declineRequest(roomId)),
    block: (peer) => run(() => blockUser(peer.id)),
    unblock: (peer) => run(() => unblockUser(peer.id)),
    report: (roomId, report) => run(() => reportRoom(roomId, report)),
    setTimer: (roomId, seconds) => run(() => setTimer(session, roomId, seconds)),
    isBusy,
    problem,
  };
}
