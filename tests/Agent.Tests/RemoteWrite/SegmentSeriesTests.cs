using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class SegmentSeriesTests
{
    private readonly SeriesTable _table = new();

    [Fact]
    public void Series_are_described_by_the_places_of_their_labels()
    {
        SegmentSeries segment = NewSegment();
        Assert.True(segment.TryAdd(
            BufferRecord.Series, Record([("__name__", "up"), ("job", "a"), ("job", "b")], (1, [0, 1]), (2, [0, 2]))));

        Assert.Equal("up{job=\"a\"}", LabelsOf(segment, 1));
        Assert.Equal("up{job=\"b\"}", LabelsOf(segment, 2));
        Assert.Null(LabelsOf(segment, 3));
    }

    [Fact]
    public void Segments_with_labels_as_text_are_still_read()
    {
        Labels labels = Labels.FromStrings("__name__", "up", "job", "old");
        ByteBuffer record = new();
        record.AppendUvarint(7);
        record.AppendLengthPrefixed(labels.Blob);
        SegmentSeries segment = NewSegment();
        Assert.True(segment.TryAdd(BufferRecord.SeriesAsText, record.Written));
        Assert.Equal(labels.ToString(), LabelsOf(segment, 7));
    }

    [Fact]
    public void A_number_that_comes_again_means_the_new_series_and_nothing_is_held_at_the_end()
    {
        SegmentSeries segment = NewSegment();
        segment.TryAdd(BufferRecord.Series, Record([("__name__", "a"), ("__name__", "b")], (1, [0]), (2, [1])));
        Assert.Equal("a", LabelsOf(segment, 1));
        segment.TryAdd(BufferRecord.Series, Record([("__name__", "c")], (1, [0])));
        Assert.Equal("c", LabelsOf(segment, 1));
        Assert.Equal("b", LabelsOf(segment, 2));

        segment.Clear();
        List<SeriesRef> gone = [];
        _table.DrainRemoved(gone);
        Assert.Equal(3, gone.Count);
    }

    [Fact]
    public void Damaged_records_are_refused_without_an_exception()
    {
        Gen gen = Gen.Create(2);
        byte[] record = Record([("__name__", "a"), ("job", "b"), ("le", "0.5")], (1, [0, 1]), (2, [0, 2]));
        for (int round = 0; round < 5000; round++)
        {
            SegmentSeries segment = NewSegment();
            segment.TryAdd(gen.Pick(BufferRecord.Series, BufferRecord.SeriesAsText), gen.Mutate(record));
            segment.Clear();
        }

        List<SeriesRef> gone = [];
        _table.DrainRemoved(gone);
        long bytes = _table.LabelBytes;
        Assert.NotEmpty(gone);
        Assert.InRange(bytes, 1, 1 << 20);
    }

    private static byte[] Record((string Name, string Value)[] labels, params (int Number, byte[] Places)[] series)
    {
        ByteBuffer record = new();
        record.AppendUvarint((ulong)labels.Length);
        foreach ((string name, string value) in labels)
        {
            record.Append(Labels.FromStrings(name, value).Blob);
        }

        foreach ((int number, byte[] places) in series)
        {
            record.AppendUvarint((ulong)number);
            record.AppendLengthPrefixed(places);
        }

        return record.Written.ToArray();
    }

    private SegmentSeries NewSegment() => new(new WriteRules(new DestinationOptions { Name = "test", Url = new Uri("http://localhost") }, _table), _table);

    private string? LabelsOf(SegmentSeries segment, uint number)
    {
        if (!segment.TryGet(new SeriesRef(number), out DescribedSeries found))
        {
            return null;
        }

        ByteBuffer blob = new();
        _table.CopyLabels(found.Sent, blob);
        return Labels.FromBlob(blob.Written.ToArray()).ToString();
    }
}
