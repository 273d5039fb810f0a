using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

// A series in the spool: what its index entry will say, with labels by their provisional numbers.
//
//   +----------------+----------------+-----+-----------------------+-----------------------------------+
//   | labels uvarint | number uvarint | ... | chunks length uvarint | chunks as in the entry of index   |
//   +----------------+----------------+-----+-----------------------+-----------------------------------+

/// <summary>
/// Keeps the series of a block that is being written until all symbols are known: symbols come first in the index and
/// are sorted. A file, because the series of a block may be more than memory is meant to hold.
/// </summary>
internal sealed class SeriesSpool : IDisposable
{
    private const string FileName = "series.spool";
    private const int ReadBytes = 256 * 1024;

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly IFile _file;
    private readonly FileAppender _appender;
    private byte[] _window = new byte[ReadBytes];
    private long _windowStart;
    private int _windowLength;
    private int _position;

    public SeriesSpool(IFileSystem files, string folder)
    {
        _files = files;
        _path = Path.Combine(folder, FileName);
        _file = files.Create(_path);
        _appender = new FileAppender(_file);
    }

    public int Series { get; private set; }

    /// <summary>The numbers of the current series' labels; filled by <see cref="Next"/>.</summary>
    public List<int> Pairs { get; } = [];

    /// <summary>The chunks of the current series, as the index writes them.</summary>
    public ReadOnlySpan<byte> Chunks => _window.AsSpan(_chunksStart, _chunksLength);

    private int _chunksStart;
    private int _chunksLength;

    public void Append(List<int> pairs, ReadOnlySpan<byte> chunks)
    {
        _appender.AppendUvarint((ulong)pairs.Count);
        foreach (int pair in pairs)
        {
            _appender.AppendUvarint((ulong)pair);
        }

        _appender.AppendLengthPrefixed(chunks);
        Series++;
    }

    /// <summary>Goes before the first series; nothing is appended any more.</summary>
    public void Rewind()
    {
        _appender.Flush();
        _windowStart = 0;
        _windowLength = 0;
        _position = 0;
    }

    /// <summary>Reads the next series; there are <see cref="Series"/> of them.</summary>
    public void Next()
    {
        Pairs.Clear();
        int labels = (int)ReadUvarint();
        for (int label = 0; label < labels; label++)
        {
            Pairs.Add((int)ReadUvarint());
        }

        _chunksLength = (int)ReadUvarint();
        EnsureWindow(_chunksLength);
        _chunksStart = _position;
        _position += _chunksLength;
    }

    /// <summary>Closes the file and deletes it.</summary>
    public void Delete()
    {
        _file.Dispose();
        _files.Delete(_path);
    }

    public void Dispose() => _file.Dispose();

    private ulong ReadUvarint()
    {
        if (_windowLength - _position < Uvarint.MaxLength)
        {
            EnsureWindow((int)Math.Min(Uvarint.MaxLength, _appender.Position - _windowStart - _position));
        }

        bool read = Uvarint.TryRead(_window.AsSpan(_position, _windowLength - _position), out ulong value, out int length);
        Invariant.Require(read, "the spool of a block's series cannot be read back");
        _position += length;
        return value;
    }

    private void EnsureWindow(int count)
    {
        if (_windowLength - _position >= count)
        {
            return;
        }

        _windowStart += _position;
        _position = 0;
        if (count > _window.Length)
        {
            _window = new byte[count];
        }

        _windowLength = _file.Read(_windowStart, _window);
        Invariant.Require(_windowLength >= count, "the spool of a block's series is shorter than what was written");
    }
}
