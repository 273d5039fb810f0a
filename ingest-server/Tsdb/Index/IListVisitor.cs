namespace AmpEdge.Tsdb;

/// <summary>Who is shown the posting lists of a label's values, one after another.</summary>
internal interface IListVisitor
{
    /// <summary>Whether the list of a value is to be read at all.</summary>
    bool Wants(ReadOnlySpan<byte> value);

    /// <summary>Takes the rising ids of a value's series; false when no more lists are wanted.</summary>
    bool Take(ReadOnlySpan<byte> value, ReadOnlySpan<uint> ids);
}
