using System.Globalization;
using System.Numerics;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

// FORMAT.md, "Delivery positions". Two slots of the same length, half the file each, written in turn:
//
//   +--------------------+---------------------+
//   | record, then zeros | record, then zeros  |
//   +--------------------+---------------------+

/// <summary>
/// The file that remembers how far one destination got, written after each acknowledged batch. More than one set of positions
/// stands in it when the number of shards changed before everything older was delivered: a sample is done when any set covers
/// it. Not thread-safe.
/// </summary>
/// <remarks>
/// A file of its own for each batch, renamed over the last one, was a tenth of the agent's time: now one stays open, and the older of
/// two records is overwritten where it lies, which also a full disk allows.
/// </remarks>
internal sealed class DeliveryPositions(IFileSystem files, string path) : IDisposable
{
    private const string Extension = ".pos";
    private const int MaxFileBytes = 16 << 20;
    private const int MinSlotLength = 512;

    private readonly IFileSystem _files = files;
    private readonly ByteBuffer _record = new();

    /// <summary>Open from the first <see cref="Save"/> on.</summary>
    private IFile? _file;
    private int _slotLength;

    /// <summary>The number of the last record that was written; its last bit says in which slot.</summary>
    private ulong _sequence;

    public string Path { get; } = path;

    /// <summary>The file of a destination; its name may hold any character, so the file is named by its hash.</summary>
    public static DeliveryPositions For(IFileSystem files, string folder, string destination) =>
        new(files, System.IO.Path.Combine(
            folder,
            XxHash64.Hash(Encoding.UTF8.GetBytes(destination)).ToString("x16", CultureInfo.InvariantCulture) + Extension));

    /// <summary>The highest segment that any position in the folder names; new segments must be beyond it.</summary>
    public static SegmentIndex HighestSegment(IFileSystem files, string folder)
    {
        int highest = 0;
        foreach (DeliveryPositions file in InFolder(files, folder))
        {
            if (file.TryLoad(out List<ShardPositions> sets, out _))
            {
                foreach (ShardPositions set in sets)
                {
                    highest = Math.Max(highest, set.Max.Segment);
                }
            }
        }

        return new SegmentIndex(highest);
    }

    /// <summary>What each file's destination still needs, by path; everything, where the file cannot be read.</summary>
    public static Dictionary<string, SamplePosition> NeededByFile(IFileSystem files, string folder)
    {
        Dictionary<string, SamplePosition> needed = [];
        foreach (DeliveryPositions file in InFolder(files, folder))
        {
            needed[file.Path] = file.TryLoad(out List<ShardPositions> sets, out _) ? sets[^1].Min : default;
        }

        return needed;
    }

    /// <summary>
    /// Reads the file. False when there is none (then <paramref name="problem"/> is null) or when it cannot be read.
    /// </summary>
    public bool TryLoad(out List<ShardPositions> sets, out string? problem)
    {
        sets = [];
        problem = null;
        byte[]? content;
        try
        {
            content = AtomicFile.TryRead(_files, Path, MaxFileBytes);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            problem = failure.Message;
            return false;
        }

        if (content is null)
        {
            return false;
        }

        if (TryDecode(content, out sets))
        {
            return true;
        }

        problem = $"its {content.Length} bytes are not a position file";
        return false;
    }

    /// <summary>
    /// Writes the positions over the last but one. They then survive the process; with <paramref name="sync"/> also a power cut, without
    /// it one may bring back older positions, and with them batches that are sent again.
    /// </summary>
    public void Save(IReadOnlyList<ShardPositions> sets, bool sync)
    {
        _record.Clear();
        PositionsRecord.Write(_record, _sequence + 1, sets);
        if (_file is null || _record.Length > _slotLength)
        {
            Replace(sync);
        }
        else
        {
            _file.Write(OffsetOf(_sequence + 1), _record.Written);
            if (sync)
            {
                _file.Sync();
            }
        }

        _sequence++;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private static List<DeliveryPositions> InFolder(IFileSystem files, string folder)
    {
        List<DeliveryPositions> found = [];
        foreach (string name in files.List(folder))
        {
            if (name.EndsWith(Extension, StringComparison.Ordinal))
            {
                found.Add(new DeliveryPositions(files, System.IO.Path.Combine(folder, name)));
            }
        }

        return found;
    }

    private static bool TryDecode(ReadOnlySpan<byte> content, out List<ShardPositions> sets)
    {
        if (PositionsRecord.TryReadFirstForm(content, out sets))
        {
            return true;
        }

        bool isFirst = PositionsRecord.TryRead(content, out ulong first, out List<ShardPositions> inFirst);
        bool isSecond = PositionsRecord.TryRead(content[(content.Length / 2)..], out ulong second, out List<ShardPositions> inSecond);
        sets = isSecond && (!isFirst || second > first) ? inSecond : inFirst;
        return isFirst || isSecond;
    }

    /// <summary>Replaces the file by renaming, with slots that the record fits.</summary>
    private void Replace(bool sync)
    {
        Dispose();
        int slotLength = Math.Max(MinSlotLength, (int)BitOperations.RoundUpToPowerOf2((uint)_record.Length));
        byte[] content = new byte[2 * slotLength];
        _slotLength = slotLength;
        _record.Written.CopyTo(content.AsSpan((int)OffsetOf(_sequence + 1)));
        AtomicFile.Write(_files, Path, content, sync);
        _file = _files.OpenWrite(Path);
    }

    private long OffsetOf(ulong sequence) => (long)(sequence & 1) * _slotLength;
}
