using System.IO.Enumeration;

namespace AmpEdge.Hosting;

/// <summary>
/// The file descriptors that this process has left. Whoever takes one on a stranger's behalf asks here first and waits while too few
/// are left, because .NET itself survives having none no better than chance: a thread that is started then takes the process with it,
/// and an assembly that could not be opened once is never loaded again.
/// </summary>
/// <remarks>
/// Counting what is open takes its time when that is much, so a look holds for a second, or until half of what it found to spare is
/// taken. Thread-safe. docs/decisions/0004-file-descriptors.md says what was seen to happen.
/// </remarks>
public sealed class FileDescriptors
{
    /// <summary>What a listener leaves: each of its callers may need a connection to somewhere else, or a file.</summary>
    public const int SpareForCallers = 128;

    /// <summary>
    /// What pages of upkeep and connections made for callers leave: the runtime needs two for each thread that it starts and two for each
    /// assembly that it has not loaded yet.
    /// </summary>
    public const int SpareForUpkeep = 64;

    /// <summary>With fewer allowed, hardly any are left for callers once everything is loaded.</summary>
    public const int FewestForService = 256;

    private const string Folder = "/proc/self/fd";

    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0 };
    private static readonly TimeSpan s_lookHolds = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly Func<int> _countOpen;
    private readonly TimeProvider _time;
    private readonly Lock _leftLock = new();

    /// <summary>Found by the last look, less those taken since.</summary>
    private int _left;

    /// <summary>How many more may be taken before the next look.</summary>
    private int _untilLook;
    private long? _lookedAt;

    /// <param name="limit">How many the process may have; null: as many as it likes.</param>
    /// <param name="countOpen">How many it has.</param>
    /// <param name="time">The clock of the looks.</param>
    public FileDescriptors(int? limit, Func<int> countOpen, TimeProvider time)
    {
        Limit = limit;
        _countOpen = countOpen;
        _time = time;
    }

    /// <summary>Those of this process.</summary>
    public static FileDescriptors OfProcess { get; } = new(LimitOfProcess(), CountOpen, TimeProvider.System);

    /// <summary>How many there may be; null when the system does not say, and then there are always enough.</summary>
    public int? Limit { get; }

    /// <summary>Takes one if as many as that are left besides.</summary>
    /// <param name="spare"><see cref="SpareForCallers"/> or <see cref="SpareForUpkeep"/>.</param>
    public bool TryTake(int spare)
    {
        if (Limit is not { } limit)
        {
            return true;
        }

        lock (_leftLock)
        {
            int spared = Spared(spare);
            if (IsOld(spared))
            {
                Look(limit, spared);
            }

            if (_left <= spared)
            {
                return false;
            }

            _left--;
            _untilLook--;
            return true;
        }
    }

    /// <summary>How many are left in the end: of a limit below 512 no more than a quarter for callers and an eighth for upkeep.</summary>
    public int Spared(int spare) =>
        Limit is { } limit ? (int)Math.Min(spare, (long)limit * spare / (4 * SpareForCallers)) : spare;

    private static int? LimitOfProcess()
    {
        try
        {
            return ProcessLimit.Soft("Max open files") is { } limit and < int.MaxValue && CountOpen() > 0 ? (int)limit : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            // Another system, or /proc is closed to us.
            return null;
        }
    }

    private static int CountOpen()
    {
        int count = 0;
        // Without a text for each: it is done while connections come in.
        FileSystemEnumerable<bool> entries = new(Folder, static (ref _) => true, s_all);
        foreach (bool _ in entries)
        {
            count++;
        }

        return count;
    }

    /// <summary>While none are to spare it is looked less often: that is when looking takes longest.</summary>
    private bool IsOld(int spared) =>
        _lookedAt is not { } lookedAt
        || _time.GetElapsedTime(lookedAt) is var age
            && (age >= s_lookHolds || (_left <= spared ? age >= s_betweenLooks : _untilLook == 0));

    private void Look(int limit, int spared)
    {
        try
        {
            _left = limit - _countOpen();
        }
        catch (IOException)
        {
            // Looking takes one as well.
            _left = 0;
        }

        // Files and threads take theirs without asking, so what is to spare is not given away on the word of one look.
        _untilLook = Math.Max((_left - spared + 1) / 2, 0);
        _lookedAt = _time.GetTimestamp();
    }
}
