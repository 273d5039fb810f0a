namespace AmpEdge.Tsdb;

/// <summary>The part of a selection that lies in one place, the head or a block, as <see cref="LabelSearch{TIndex, TPart}"/> asks it.</summary>
internal interface ISelectedPart
{
    /// <summary>Goes to the series with an id; false when it has no samples between the times.</summary>
    bool TryRead(uint id);

    /// <summary>Takes in the names of the labels of the series it stands at, without making labels.</summary>
    void CountNames(LabelCensus names);

    /// <summary>Takes in the value that this series has for a label, if it has one.</summary>
    void CountValue(ReadOnlySpan<byte> name, LabelCensus values);
}
