namespace AmpEdge.Prometheus;

/// <summary>Field tags of protobuf: number and wire type in one varint, as they stand in the message.</summary>
internal static class ProtobufField
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int LengthDelimited = 2;
    public const int StartGroup = 3;
    public const int EndGroup = 4;
    public const int Fixed32 = 5;

    /// <summary>The largest field number that protobuf allows.</summary>
    public const int MaxNumber = (1 << 29) - 1;

    public static uint Tag(int number, int wireType) => (uint)number << 3 | (uint)wireType;
}
