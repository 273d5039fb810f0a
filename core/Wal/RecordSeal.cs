using System.Buffers.Binary;
using System.Security.Cryptography;
using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

// The payload of a record in an encrypted segment (FORMAT.md):
//
//   0           8                       8 + n        24 + n
//   +-----------+-----------------------+------------+
//   | number 8  | n bytes, encrypted    | tag 16     |
//   +-----------+-----------------------+------------+
//     nonce: four zero bytes and the number; also authenticated: the record's place in the file, its type and its length

/// <summary>Encrypts and decrypts the payloads of one segment's records. Not thread-safe.</summary>
internal sealed class RecordSeal(AesGcm key) : IDisposable
{
    private const int NonceLength = 12;
    private const int BoundLength = sizeof(long) + 1 + sizeof(int);

    private readonly AesGcm _key = key;

    /// <summary>The number of the next record that is sealed. Grows with each try, also with those whose write fails.</summary>
    private ulong _next = 1;

    /// <summary>Encrypts the frames that stand in <paramref name="frames"/> with room for it, in place.</summary>
    public void SealAll(Span<byte> frames, long offset)
    {
        int at = 0;
        while (at < frames.Length)
        {
            Span<byte> header = frames.Slice(at, SegmentFormat.RecordHeaderLength);
            bool whole = SegmentFormat.TryReadHeader(header, out byte type, out int length, out _);
            Invariant.Require(whole && length >= SegmentFormat.SealLength, "a frame to be sealed has room for its seal");
            Span<byte> payload = frames.Slice(at + SegmentFormat.RecordHeaderLength, length);
            Seal(payload, type, offset + at);
            SegmentFormat.WriteHeader(header, type, payload);
            at += SegmentFormat.RecordHeaderLength + length;
        }
    }

    /// <summary>Decrypts a payload; false when it was not sealed with this key, or for another place.</summary>
    public bool TryOpen(ReadOnlySpan<byte> payload, byte type, long offset, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> bound = stackalloc byte[BoundLength];
        payload[..sizeof(ulong)].CopyTo(nonce[(NonceLength - sizeof(ulong))..]);
        WriteBound(bound, type, payload.Length, offset);
        try
        {
            _key.Decrypt(
                nonce, payload[sizeof(ulong)..^SegmentFormat.TagLength], payload[^SegmentFormat.TagLength..], target, bound);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _key.Dispose();

    private static void WriteBound(Span<byte> target, byte type, int length, long offset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, offset);
        target[sizeof(long)] = type;
        BinaryPrimitives.WriteInt32LittleEndian(target[(sizeof(long) + 1)..], length);
    }

    private void Seal(Span<byte> payload, byte type, long offset)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> bound = stackalloc byte[BoundLength];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[(NonceLength - sizeof(ulong))..], _next);
        BinaryPrimitives.WriteUInt64LittleEndian(payload, _next);
        _next++;
        WriteBound(bound, type, payload.Length, offset);
        Span<byte> content = payload[sizeof(ulong)..^SegmentFormat.TagLength];
        _key.Encrypt(nonce, content, content, payload[^SegmentFormat.TagLength..], bound);
    }
}
