export { mayStart } from './conditions.ts';
export {
  candidates,
  catchUp,
  createTriggerIndex,
  liquidatableByScan,
  type TriggerIndex,
} from './trigger-index.ts';
