export * from './bytes.ts';
export * from './codec.ts';
export * from './commands.ts';
export * from './events.ts';
export * from './parameters.ts';
export * from './record.ts';
export * from './rejections.ts';
export * from './state.ts';
