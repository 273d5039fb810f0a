namespace AmpEdge.Tsdb;

/// <summary>Reads the newest sample of a series while another request may be committing to it.</summary>
internal static class LastSample
{
    /// <summary>False for a series without samples yet.</summary>
    public static bool TryRead(ref SeriesEntry entry, out long timestampMs, out double value, out ChunkForm form)
    {
        SpinWait spin = default;
        while (true)
        {
            uint version = Volatile.Read(ref entry.Version);
            timestampMs = entry.Open.TimestampMs;
            value = entry.Open.Value;
            form = entry.LastForm;
            bool any = entry.Appended > 0;
            Volatile.ReadBarrier();
            if ((version & 1) == 0 && Volatile.Read(ref entry.Version) == version)
            {
                return any;
            }

            spin.SpinOnce();
        }
    }
}
