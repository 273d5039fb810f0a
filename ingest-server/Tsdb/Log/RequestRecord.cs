using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// The log record of one request: encoded by <see cref="HeadLog"/> before the request's turn comes, and again in its turn
/// when that did not suffice. Reused from request to request.
/// </summary>
internal sealed class RequestRecord(WalWriter wal)
{
    private const int FirstNumbers = 1024;

    /// <summary>Room that is kept from request to request; the rare larger ones must not hold their memory for ever.</summary>
    private const int MaxKeptNumbers = 64 * 1024;

    private const int MaxKeptBytes = 1024 * 1024;

    private readonly WalWriter _wal = wal;
    private uint[] _numbers = [];

    public WalBatch Batch { get; private set; } = wal.NewBatch();

    /// <summary>Whether the batch has the request, as of <see cref="Epoch"/>.</summary>
    public bool IsEncoded { get; set; }

    /// <summary>The numbers of series that it was encoded with (<see cref="HeadLog"/>).</summary>
    public long Epoch { get; set; }

    /// <summary>Bytes of the batch that describe series.</summary>
    public int DescriptionBytes { get; set; }

    /// <summary>Series that the batch describes: to be taken back when it cannot be written.</summary>
    public List<uint> Described { get; } = [];

    /// <summary>The metadata of the request that its segment lacks.</summary>
    public List<MetricMetadata> Metadata { get; } = [];

    /// <summary>Room for the numbers of so many samples.</summary>
    public Span<uint> NumbersFor(int samples)
    {
        if (samples > _numbers.Length || _numbers.Length > Math.Max(samples, MaxKeptNumbers))
        {
            _numbers = new uint[Math.Max(samples, FirstNumbers)];
        }

        return _numbers.AsSpan(0, samples);
    }

    /// <summary>Forgets what was encoded.</summary>
    public void Clear()
    {
        IsEncoded = false;
        if (Batch.Length > MaxKeptBytes)
        {
            Batch = _wal.NewBatch();
        }

        Batch.Clear();
        Described.Clear();
        Metadata.Clear();
        DescriptionBytes = 0;
    }
}
