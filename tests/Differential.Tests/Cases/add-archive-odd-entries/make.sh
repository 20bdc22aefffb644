# An entry without a name, names that stand twice, a file called 'file/', and a hard link with another mode and owner.
base64 -d > a.tar.gz <<'END'
H4sIAAAAAAACA+2aQW6DMBBFfRTfIB7A9nlQcFqrqZECVXL8QlQaZCLaDROk+W+DE0Vi8fNGfJv+
Go9BbYsZcMbcr8bQz3X6PFLO1uP3zjurtFEMfHV9fRluqWTSpqCAXJrD9vcYpfar/udrR9YrbeE/
Q/43lvxdVeW5zzKnPP/SEuY/B4QRCF7uv8/8t374OfxnILU61Z94BpRKz9X/qsn34l/9zxfwnyf/
FhKg/23f/4hW/F/2P1eg/3FwiudwYMj/sf9XPcnf5fk76zD/Oaj1+A/AHJTKG9P8X+9/y/nvDeY/
T/4xvT7/xf6fpRLznwPs/wmf/wz3+NN/Ws5/g/Nftud/ndorTJDJ+x78f3TCX/8J539s/sMCwf7v
tf8R+h9P/jvtfzj/ZeGmgGRO8dL1HP6vvv+X7//78ZEQ/jNwjukjNPBAKl04tqnZ3n9vJ+9L9bzz
zdZkCjJKE8dwEu4/AEAu3+e/9XYANgAA
END
