export { AttachedFiles } from './attached-files';
export { prepareFiles } from './prepare-files';
export { DropZone, Tray } from './tray';
