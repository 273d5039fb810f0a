using System.Buffers;
using System.Runtime.InteropServices;
using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// A whole body in pooled blocks. It grows by one block at a time, so that a body takes what it is long; blocks that a connection
/// has filled are kept as they are. Disposing gives blocks and budget back.
/// </summary>
internal sealed class PooledBody(BodyBudget budget) : IDisposable
{
    private readonly Lock _blocksLock = new();
    private readonly List<Part> _parts = [];
    private int _holders;
    private bool _disposed;

    /// <summary>Bytes of the body so far.</summary>
    public int Length { get; private set; }

    /// <summary>The rest of the last block, to be read into; empty when <see cref="TryGrow"/> must come first.</summary>
    public Memory<byte> Free => _parts.Count > 0 ? _parts[^1].Free : default;

    /// <summary>
    /// What was read, for steps of the request itself: it ends with the body. Several blocks are put together for it, once: only
    /// what must see a body as a whole asks for this, and before it is sent.
    /// </summary>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            if (_parts.Count > 1)
            {
                Join();
            }

            return _parts.Count == 0 ? default : _parts[0].Filled.Span;
        }
    }

    /// <summary>Hex of the body's SHA-256.</summary>
    public string Hash()
    {
        switch (_parts.Count)
        {
            case 0:
                return PayloadHash.Empty;
            case 1:
                return PayloadHash.Of(_parts[0].Filled.Span);
            default:
                BodyHash hash = BodyHash.OfThread;
                foreach (Part part in _parts)
                {
                    hash.Append(part.Filled.Span);
                }

                return hash.End();
        }
    }

    /// <summary>Copies bytes behind what is there; false when the budget has no room for them all.</summary>
    /// <param name="bytes">The next of the body.</param>
    /// <param name="expectedBytes">How many are still to come with them, as far as is known: fewer blocks then do.</param>
    public bool TryAppend(ReadOnlySpan<byte> bytes, int expectedBytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Free.IsEmpty && !TryGrow(Math.Min(Math.Max(bytes.Length, expectedBytes), BlockPool.LargeBytes)))
            {
                return false;
            }

            int count = Math.Min(bytes.Length, Free.Length);
            bytes[..count].CopyTo(Free.Span);
            bytes = bytes[count..];
            Advance(count);
        }

        return true;
    }

    /// <summary>Makes room for more once <see cref="Free"/> is empty; false when the budget has none.</summary>
    public bool TryGrow(int wantedBytes)
    {
        int length = wantedBytes <= BlockPool.SmallBytes ? BlockPool.SmallBytes : BlockPool.LargeBytes;
        if (!budget.TryReserve(length))
        {
            return false;
        }

        IMemoryOwner<byte> block = BlockPool.Shared.Rent(length);
        _parts.Add(new Part(block, block.Memory, 0));
        return true;
    }

    /// <summary>
    /// Takes over the next bytes where they are, in a large block of <see cref="BlockPool"/>, which then stays until the body ends;
    /// false when the budget has no room for that block.
    /// </summary>
    public bool TryAdopt(ReadOnlyMemory<byte> bytes)
    {
        if (!budget.TryReserve(BlockPool.LargeBytes))
        {
            return false;
        }

        // Nothing more is written into it by this side.
        _parts.Add(new Part(BlockPool.Share(bytes), MemoryMarshal.AsMemory(bytes), bytes.Length));
        Length += bytes.Length;
        return true;
    }

    /// <summary>Puts other content in the place of what was read, before that is sent; false when the budget has no room for it.</summary>
    /// <param name="content">Not a part of this body.</param>
    public bool TryReplace(ReadOnlySpan<byte> content)
    {
        GiveBackBlocks();
        Length = 0;
        return TryAppend(content, content.Length);
    }

    /// <summary>Counts bytes that were read into <see cref="Free"/>.</summary>
    public void Advance(int bytes)
    {
        Part last = _parts[^1];
        _parts[^1] = last with { Length = last.Length + bytes };
        Length += bytes;
    }

    /// <summary>
    /// Writes the whole body, straight from its blocks. They stay in place until that ends, disposed or not: a connection that is
    /// being given up may still send from them.
    /// </summary>
    /// <exception cref="IOException">It was disposed before.</exception>
    public async Task CopyToAsync(Stream destination, CancellationToken cancel)
    {
        Hold();
        try
        {
            for (int index = 0; index < _parts.Count; index++)
            {
                await destination.WriteAsync(_parts[index].Filled, cancel);
            }
        }
        finally
        {
            LetGo();
        }
    }

    public void Dispose()
    {
        lock (_blocksLock)
        {
            _disposed = true;
            GiveBackIfUnused();
        }
    }

    private void Hold()
    {
        lock (_blocksLock)
        {
            if (_disposed)
            {
                throw new IOException("the request has ended");
            }

            _holders++;
        }
    }

    // The lock of its own method: see agent/docs/decisions/0009-footprint.md, "Trimming and locks".
    private void LetGo()
    {
        lock (_blocksLock)
        {
            _holders--;
            GiveBackIfUnused();
        }
    }

    private void GiveBackIfUnused()
    {
        if (_disposed && _holders == 0)
        {
            GiveBackBlocks();
        }
    }

    private void GiveBackBlocks()
    {
        foreach (Part part in _parts)
        {
            budget.Release(part.Block.Memory.Length);
            part.Block.Dispose();
        }

        _parts.Clear();
    }

    private void Join()
    {
        lock (_blocksLock)
        {
            if (_holders > 0)
            {
                throw new InvalidOperationException("a body is put together before it is sent");
            }

            IMemoryOwner<byte> whole = MemoryPool<byte>.Shared.Rent(Length);
            budget.Take(whole.Memory.Length);
            int copied = 0;
            foreach (Part part in _parts)
            {
                part.Filled.CopyTo(whole.Memory[copied..]);
                copied += part.Length;
            }

            GiveBackBlocks();
            _parts.Add(new Part(whole, whole.Memory, copied));
        }
    }

    /// <summary>Bytes that follow each other in memory.</summary>
    /// <param name="Block">Where they lie.</param>
    /// <param name="Room">What of it is the body's.</param>
    /// <param name="Length">How much of that is filled.</param>
    private readonly record struct Part(IMemoryOwner<byte> Block, Memory<byte> Room, int Length)
    {
        public ReadOnlyMemory<byte> Filled => Room[..Length];

        public Memory<byte> Free => Room[Length..];
    }
}
