using System.Security.Cryptography;

namespace AmpEdge.Hosting;

/// <summary>
/// A value made of files that change under running programs, such as certificates and tokens: made anew when their content has
/// changed, looked at when the value is asked for and at most once a second. What cannot be read or made leaves the last value.
/// </summary>
/// <remarks>By content, because a Kubernetes volume swaps links. Safe for concurrent use.</remarks>
public sealed class RereadFiles<TValue>
    where TValue : class
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lookLock = new();
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<TValue> _make;
    private readonly Action<Exception> _failed;
    private readonly TimeProvider _time;
    private volatile TValue _current;
    private byte[] _seen;
    private long _lookedAt;

    /// <param name="paths">The files; all are read by each look.</param>
    /// <param name="make">Reads them into the value.</param>
    /// <param name="failed">Told once of each change that no value can be made of.</param>
    /// <param name="time">The clock of the looks.</param>
    /// <exception cref="Exception">Whatever <paramref name="make"/> throws for the first value.</exception>
    public RereadFiles(IReadOnlyList<string> paths, Func<TValue> make, Action<Exception> failed, TimeProvider time)
    {
        _paths = paths;
        _make = make;
        _failed = failed;
        _time = time;
        _seen = Fingerprint();
        _lookedAt = time.GetTimestamp();
        _current = make();
    }

    /// <summary>The value of the files as they were a second ago, or are now.</summary>
    public TValue Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= s_interval && _lookLock.TryEnter())
            {
                try
                {
                    Look();
                }
                finally
                {
                    _lookLock.Exit();
                }
            }

            return _current;
        }
    }

    private void Look()
    {
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        try
        {
            byte[] found = Fingerprint();
            if (!found.AsSpan().SequenceEqual(_seen))
            {
                _seen = found;
                _current = _make();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            _failed(error);
        }
    }

    private byte[] Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in _paths)
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }

        return hash.GetHashAndReset();
    }
}
