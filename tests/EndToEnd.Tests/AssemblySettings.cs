using Xunit;

// Each test starts several real programs: one after the other keeps two cores from starving them all.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
