using System.Buffers;

namespace AmpEdge.Proxy.Usage;

/// <summary>One request, or an answer with rules, on its way to the observer. Disposing gives the bytes back.</summary>
internal sealed class ObservedRequest : IDisposable
{
    private byte[] _body = [];
    private int _length;

    public required UsageRequestKind Kind { get; init; }

    /// <summary>The workspace's id; empty when the path had none.</summary>
    public required string Workspace { get; init; }

    /// <summary>With its question mark; empty when it does not matter.</summary>
    public string Query { get; init; } = "";

    public string ContentType { get; init; } = "";

    public string ContentEncoding { get; init; } = "";

    /// <summary>How many writes this one stands for: itself and those that were passed over before.</summary>
    public long Weight { get; init; } = 1;

    public ReadOnlySpan<byte> Body => _body.AsSpan(0, _length);

    public int Length => _length;

    /// <summary>Keeps a copy of the body: the request's own buffer goes back to the pool when it is answered.</summary>
    public void CopyBody(ReadOnlySpan<byte> body)
    {
        _body = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(_body);
        _length = body.Length;
    }

    public void Dispose()
    {
        if (_body.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_body);
            _body = [];
            _length = 0;
        }
    }
}
