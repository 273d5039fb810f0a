namespace AmpEdge.Agent.Buffer;

/// <summary>Where a byte string lies in <see cref="LabelSlabs"/>.</summary>
internal readonly record struct SlabPlace(int Slab, int Offset, int Length);
