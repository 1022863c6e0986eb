import { render } from 'solid-js/web';
import { App } from './app';
import { interceptLinks } from './ui/router';

const root = document.getElementById('app');
if (root) {
  interceptLinks();
  render(() => <App />, root);
}
