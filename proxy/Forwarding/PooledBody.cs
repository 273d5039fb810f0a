using System.Buffers;
using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// A whole body in pooled blocks. It grows by one block at a time, so that a body takes what it is long and nothing is copied;
/// disposing gives blocks and budget back.
/// </summary>
internal sealed class PooledBody(BodyBudget budget) : IDisposable
{
    private readonly Lock _blocksLock = new();
    private readonly List<IMemoryOwner<byte>> _blocks = [];

    // Of all blocks but the last, which are full.
    private int _fullBytes;
    private int _holders;
    private bool _disposed;

    /// <summary>Bytes of the body so far.</summary>
    public int Length { get; private set; }

    /// <summary>The rest of the last block, to be read into; empty when <see cref="TryGrow"/> must come first.</summary>
    public Memory<byte> Free => _blocks.Count > 0 ? _blocks[^1].Memory[(Length - _fullBytes)..] : default;

    /// <summary>
    /// What was read, for steps of the request itself: it ends with the body. Several blocks are put together for it, once: only
    /// what must see a body as a whole asks for this, and before it is sent.
    /// </summary>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            if (_blocks.Count > 1)
            {
                Join();
            }

            return _blocks.Count == 0 ? default : Filled(0).Span;
        }
    }

    /// <summary>Hex of the body's SHA-256.</summary>
    public string Hash()
    {
        switch (_blocks.Count)
        {
            case 0:
                return PayloadHash.Empty;
            case 1:
                return PayloadHash.Of(Filled(0).Span);
            default:
                BodyHash hash = BodyHash.OfThread;
                for (int block = 0; block < _blocks.Count; block++)
                {
                    hash.Append(Filled(block).Span);
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

        _fullBytes = Length;
        _blocks.Add(BlockPool.Shared.Rent(length));
        return true;
    }

    /// <summary>Puts other content in the place of what was read, before that is sent; false when the budget has no room for it.</summary>
    /// <param name="content">Not a part of this body.</param>
    public bool TryReplace(ReadOnlySpan<byte> content)
    {
        GiveBackBlocks();
        Length = 0;
        _fullBytes = 0;
        return TryAppend(content, content.Length);
    }

    /// <summary>Counts bytes that were read into <see cref="Free"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

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
            for (int block = 0; block < _blocks.Count; block++)
            {
                await destination.WriteAsync(Filled(block), cancel);
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
        foreach (IMemoryOwner<byte> block in _blocks)
        {
            budget.Release(block.Memory.Length);
            block.Dispose();
        }

        _blocks.Clear();
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
            for (int block = 0; block < _blocks.Count; block++)
            {
                ReadOnlyMemory<byte> filled = Filled(block);
                filled.CopyTo(whole.Memory[copied..]);
                copied += filled.Length;
            }

            GiveBackBlocks();
            _fullBytes = 0;
            _blocks.Add(whole);
        }
    }

    private ReadOnlyMemory<byte> Filled(int block)
    {
        Memory<byte> all = _blocks[block].Memory;
        return block < _blocks.Count - 1 ? all : all[..(Length - _fullBytes)];
    }
}
