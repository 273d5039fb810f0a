namespace AmpEdge.SigV4;

/// <summary>The intermediate texts of one signature, for people who look for the first one that differs.</summary>
/// <param name="CanonicalRequest">What was hashed.</param>
/// <param name="StringToSign">What the key signed.</param>
/// <param name="SignedHeaders">The covered names, joined by semicolons.</param>
/// <param name="Signature">Lower-case hex.</param>
public sealed record SigningSteps(
    string CanonicalRequest, string StringToSign, string SignedHeaders, string Signature);
