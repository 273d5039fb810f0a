using Xunit;

// Each test starts several real programs and waits for them most of its time: two at a time use two cores without starving any.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
