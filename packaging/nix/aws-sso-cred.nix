# nix-build -E 'with import <nixpkgs> { }; callPackage ./aws-sso-cred.nix { }'
{ lib, stdenvNoCC, fetchurl }:

let
  version = "@VERSION@";
  archives = {
    x86_64-linux = {
      target = "x86_64-unknown-linux-musl";
      sha256 = "@SHA256_X86_64@";
    };
    aarch64-linux = {
      target = "aarch64-unknown-linux-musl";
      sha256 = "@SHA256_AARCH64@";
    };
  };
  system = stdenvNoCC.hostPlatform.system;
  archive = archives.${system} or (throw "aws-sso-cred has no program for ${system}");
in
stdenvNoCC.mkDerivation {
  pname = "aws-sso-cred";
  inherit version;

  src = fetchurl {
    url = "@RELEASE@/aws-sso-cred-${version}-${archive.target}.tar.gz";
    inherit (archive) sha256;
  };

  # The program is static and stripped: nothing is to be patched.
  dontConfigure = true;
  dontBuild = true;
  dontFixup = true;

  installPhase = ''
    mkdir -p $out/bin $out/share/man/man1 $out/share/doc/aws-sso-cred
    cp aws-sso-cred $out/bin/
    cp man/man1/*.1 $out/share/man/man1/
    cp LICENSE-* THIRD-PARTY-LICENSES.txt $out/share/doc/aws-sso-cred/
    mkdir -p $out/share/bash-completion/completions $out/share/zsh/site-functions $out/share/fish/vendor_completions.d
    cp completions/aws-sso-cred.bash $out/share/bash-completion/completions/aws-sso-cred
    cp completions/_aws-sso-cred $out/share/zsh/site-functions/
    cp completions/aws-sso-cred.fish $out/share/fish/vendor_completions.d/
  '';

  meta = {
    description = "Credential_process helper for AWS IAM Identity Center";
    homepage = "@REPOSITORY@";
    license = with lib.licenses; [ mit asl20 ];
    mainProgram = "aws-sso-cred";
    platforms = builtins.attrNames archives;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}
