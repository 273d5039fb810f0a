namespace AmpEdge.Prometheus;

/// <summary>A series' number in the table that handed it out; meaningless in any other. Zero is no series.</summary>
public readonly record struct SeriesRef(uint Value)
{
    public static SeriesRef None => default;

    public bool IsNone => Value == 0;
}
