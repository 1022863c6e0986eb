import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import { Avatar } from '../ui/avatar';

/** The picture of the user of this window. */
export function OwnAvatar() {
  const chat = useChat();
  const { user } = useSession();
  return <Avatar user={chat.state().users[user.id] ?? user} small />;
}
