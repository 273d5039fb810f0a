using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Writes entries as a message, those of one series together. Reusable; not thread-safe.</summary>
internal sealed class BatchMessage(DestinationOptions options, SeriesTable table)
{
    private readonly BatchSeries _series = new();
    private readonly BatchLabels _labels = new(table);

    /// <summary>Writes a message of these entries alone; the writer has it afterwards.</summary>
    public void Write(ReadOnlySpan<EntryPlace> entries, IRequestWriter writer)
    {
        _series.Load(entries);
        writer.Clear();
        ReadOnlySpan<int> rest = _series.First;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<int> read = rest[.._labels.Read(entries, rest)];
            for (int series = 0; series < read.Length; series++)
            {
                WriteSeries(entries, read[series], _labels[series], writer);
            }

            rest = rest[read.Length..];
        }
    }

    private void WriteSeries(
        ReadOnlySpan<EntryPlace> entries, int first, ReadOnlySpan<byte> labels, IRequestWriter writer)
    {
        writer.BeginSeries(labels, entries[first].Entry.LabelsAreFinal ? default : options.ExternalLabels.Blob);
        for (int index = first; index >= 0; index = _series.NextOf(index))
        {
            WriteEntry(entries[index], writer);
        }

        writer.EndSeries();
    }

    private static void WriteEntry(EntryPlace place, IRequestWriter writer)
    {
        ref readonly QueuedEntry entry = ref place.Entry;
        switch (entry.Kind)
        {
            case SampleKind.Sample:
                writer.AddSample(entry.TimestampMs, entry.Value);
                break;
            case SampleKind.Histogram:
                writer.AddHistogram(place.Payload);
                break;
            default:
                writer.AddExemplar(place.Payload, entry.Value, entry.TimestampMs);
                break;
        }
    }
}
