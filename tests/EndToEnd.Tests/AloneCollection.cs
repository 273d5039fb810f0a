using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Tests that measure what a program takes of the machine: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
