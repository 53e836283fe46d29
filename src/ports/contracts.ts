export { type JournalUnderTest, journalContract } from './journal.contract.ts';
export { snapshotStoreContract } from './snapshot-store.contract.ts';
export { type VenueStage, type VenueUnderTest, venueContract } from './venue.contract.ts';
export {
  type DeliveryFaults,
  type FaultyVenue,
  faultyVenue,
  seededUniform,
} from './venue-faults.contract.ts';
