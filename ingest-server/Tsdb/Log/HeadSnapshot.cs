using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// The head written down as it is when the database is closed, so that the next start need not replay the log. The log
/// stays the truth: a snapshot counts only when it is whole and the log ends where it did, and it is used once.
/// </summary>
/// <remarks>
/// <code>
///   folder/
///     head.snapshot   the mark: written last, deleted first
///     snapshot/       00000001.wal, … records of the log's framing, each with its checksum
/// </code>
/// </remarks>
internal sealed class HeadSnapshot(IFileSystem files, string folder)
{
    private const string Folder = "snapshot";
    private const int RecordBytes = 1 << 20;

    private readonly IFileSystem _files = files;
    private readonly string _folder = folder;
    private readonly string _content = Path.Combine(folder, Folder);

    /// <summary>Writes the head of a database that nobody uses any more.</summary>
    /// <exception cref="IOException">The disk failed: there is no snapshot.</exception>
    public void Write(Head head, HeadLog log, IReadOnlyList<WalSegment> segments)
    {
        Delete();
        long records = 0;
        using (WalWriter writer = WalWriter.Open(_files, _content, new WalOptions()))
        {
            WalBatch batch = writer.NewBatch();
            uint series = 1;
            while (series < head.Series.End)
            {
                ByteBuffer payload = batch.BeginRecord((byte)SnapshotRecord.Series);
                int start = payload.Length;
                for (; series < head.Series.End && payload.Length - start < RecordBytes; series++)
                {
                    SeriesSnapshot.Write(payload, head, series);
                }

                records += Append(writer, batch);
            }

            WriteMetadata(batch.BeginRecord((byte)SnapshotRecord.Metadata), head.Metadata.Read(null));
            records += Append(writer, batch);
            head.Exemplars.WriteTo(batch.BeginRecord((byte)SnapshotRecord.Exemplars));
            records += Append(writer, batch);
            log.WriteTimes(batch.BeginRecord((byte)SnapshotRecord.Segments));
            records += Append(writer, batch);
            writer.Sync();
        }

        SnapshotMark.EndOf(segments, records).Write(_files, _folder);
    }

    /// <summary>
    /// Fills an empty head from the snapshot and deletes it; false, with nothing in the head, when there is none that is
    /// whole and of this log.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool TryLoad(Head head, HeadLog log, IReadOnlyList<WalSegment> segments)
    {
        bool isThere = IsUsable(segments);
        if (isThere)
        {
            Load(head, log);
        }

        Delete();
        return isThere;
    }

    private bool IsUsable(IReadOnlyList<WalSegment> segments)
    {
        try
        {
            return SnapshotMark.Read(_files, _folder) is { } mark
                && mark == SnapshotMark.EndOf(segments, mark.Records)
                && IsWhole(mark.Records);
        }
        catch (Exception unreadable) when (unreadable is DamagedPageException or FileKeyException)
        {
            // As with any other damage: the log has it all.
            return false;
        }
    }

    private static int Append(WalWriter writer, WalBatch batch)
    {
        batch.EndRecord();
        writer.Append(batch);
        batch.Clear();
        return 1;
    }

    private static void WriteMetadata(ByteBuffer payload, List<MetricMetadata> families)
    {
        foreach (MetricMetadata family in families)
        {
            payload.Append((byte)family.Type);
            payload.AppendLengthPrefixed(Encoding.UTF8.GetBytes(family.FamilyName));
            payload.AppendLengthPrefixed(Encoding.UTF8.GetBytes(family.Help));
            payload.AppendLengthPrefixed(Encoding.UTF8.GetBytes(family.Unit));
        }
    }

    private static void ReadMetadata(ReadOnlySpan<byte> payload, MetadataStore metadata)
    {
        SpanReader reader = new(payload);
        while (!reader.AtEnd)
        {
            MetricType type = (MetricType)reader.ReadByte();
            string family = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            string help = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            string unit = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            Invariant.Require(!reader.Truncated, "the metadata of a whole snapshot cannot be read");
            metadata.Add(new MetricMetadata(family, type, help, unit), segment: 0);
        }
    }

    /// <summary>Reads all of it once before anything is believed.</summary>
    private bool IsWhole(long records)
    {
        foreach (WalSegment segment in SegmentFolder.List(_files, _content))
        {
            using SegmentReader reader = SegmentReader.Open(_files, Path.Combine(_content, segment.Index.FileName));
            SegmentReadOutcome outcome;
            while ((outcome = reader.Next()) == SegmentReadOutcome.Record)
            {
                records--;
            }

            if (outcome != SegmentReadOutcome.End)
            {
                return false;
            }
        }

        return records == 0;
    }

    private void Load(Head head, HeadLog log)
    {
        foreach (WalSegment segment in SegmentFolder.List(_files, _content))
        {
            using SegmentReader reader = SegmentReader.Open(_files, Path.Combine(_content, segment.Index.FileName));
            while (reader.Next() == SegmentReadOutcome.Record)
            {
                switch ((SnapshotRecord)reader.Type)
                {
                    case SnapshotRecord.Series:
                        head.Restore(reader.Payload);
                        break;
                    case SnapshotRecord.Metadata:
                        ReadMetadata(reader.Payload, head.Metadata);
                        break;
                    case SnapshotRecord.Exemplars:
                        head.Exemplars.Restore(reader.Payload);
                        break;
                    default:
                        log.RestoreTimes(reader.Payload);
                        break;
                }
            }
        }
    }

    private void Delete()
    {
        string mark = Path.Combine(_folder, SnapshotMark.FileName);
        if (_files.FileExists(mark))
        {
            _files.Delete(mark);
            _files.SyncFolder(_folder);
        }

        _files.DeleteFolder(_content);
    }
}
