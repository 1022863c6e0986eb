export { AttachedFiles } from './attached-files';
export { prepareFiles } from './prepare-files';
export { Tray } from './tray';
