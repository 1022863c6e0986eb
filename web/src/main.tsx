import { render } from 'solid-js/web';
import { App } from './app';
import { interceptLinks } from './routing/router';
import { watchForErrors } from './ui/unexpected';

const root = document.getElementById('app');
watchForErrors();
if (root) {
  interceptLinks();
  render(() => <App />, root);
}
