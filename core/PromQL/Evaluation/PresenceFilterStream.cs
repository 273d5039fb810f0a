namespace AmpEdge.PromQL;

/// <summary>Keeps the values at steps where the series' group is present on the other side, or where it is not.</summary>
internal sealed class PresenceFilterStream(SeriesStream source, GroupPresence presence, bool keepPresent)
    : WrappingStream(source)
{
    public override bool MoveNext()
    {
        while (Source.MoveNext())
        {
            ReadOnlySpan<bool> present = presence.Find(Source.Labels);
            if (!present.IsEmpty)
            {
                KeepWhere(present, Source.Values);
                return true;
            }

            if (!keepPresent)
            {
                return true;
            }
        }

        return false;
    }

    private void KeepWhere(ReadOnlySpan<bool> present, Span<double> values)
    {
        for (int step = 0; step < values.Length; step++)
        {
            if (present[step] != keepPresent)
            {
                values[step] = Missing.Value;
            }
        }
    }
}
