package reports

// EventsMax is eventsMax, for tests.
const EventsMax = eventsMax
