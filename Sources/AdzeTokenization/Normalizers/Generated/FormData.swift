// More of every scalar's treatment, as seen in PyPI's `tokenizers` 0.23.3. Made by
// Tools/reference/make_unicode_forms.py; do not edit. Numbers are in base 36. Not here: what the numbers mean, which is
// `UnicodeForms.swift` and `GraphemeClusters.swift`.

enum FormData {
    /// Full compatibility decompositions where not the canonical ones, as mapping runs.
    static let compatibility: StaticString = """
        4g 1 1 1 73 8 1 1 2 7j 15c 2 1 1 1 41 5 1 1 2 7x 154 3 1 2 1 73 2 1 1 2 87 14y 1 1 1 1 172 3 1 1 2 8f 172
        1 1 1 1 7j 1 1 1 1 45 2 1 1 3 7p co6 cnz 1 1 1 3 7r co6 co3 1 1 1 3 7p co2 cnz 38 1 1 2 cx 2 1 1 1 2 b7 2
        c 1 1 2 dh 5y 1 1 1 2 br 46 9 1 1 2 km wr 1i 1 1 1 ev 1x 1 1 3 lb 18 12c 1 1 1 3 ld 30 10k 1 1 1 3 jn 18
        10k 1 1 1 2 l1 3 1 1 1 2 l3 1o 1 1 1 2 jd 3 1 1 1 2 l3 7 1 1 1 2 l5 1k 1 1 1 2 jf 7 11 1 1 2 nt 18 1 1 1 2
        nv 30 1 1 1 2 m5 18 59 1 1 1 wf 1 1 1 1 45 1 1 1 1 wf 1 1 1 1 w1 1 1 1 1 39 1 1 1 1 37 1 1 1 1 2x 1 1 1 1
        vz 1 1 1 1 vx w 1 1 2 12n 158 1 1 1 2 12p 15a 1 1 1 2 12r 15g 1 1 1 2 12t 174 1 1 1 2 12v 152 1 1 1 2 12x
        15i 3 1 1 1 6x 1 1 1 1 yx 1 1 1 1 yl 1 1 1 1 yd 1 1 1 1 4d 46 1 1 2 1bn 18q a 1 1 2 1c7 14y 1 1 1 3 1c9
        15c d 23 1 1 1 1n 1 1 1 1 1d 1 1 1 1 2h 1 1 1 2 2j 93 1 1 1 2 2l 8p 1 1 1 1 t 1 1 1 1 17 q 1 1 1 2z 1 1 2
        1 2n 3 1 1 1 53 1 1 1 1 3j 4 1 1 1 4r b2 1 1 2 1v 1m 6m 1 1 2 4b 4a 1 1 1 2 2j 2g 1 1 1 2 4g 4l 1 1 1 2 2j
        2c 1iz 1 1 2 1g 1h 3k 1 1 2 1g 1h 15 1 1 2 2p z 1 1 1 2 2r j 1b 1 1 1 1 2z 1 1 3 3a 3l u 2 1 1 3 38 3n u
        ar 1 1 1 1r 2eo 1 1 1 bf9 1 1 1 1 b7x 1 2 2 1 bfb 3 1 1 1 bfb 1 1 1 1 ax3 1 1 8 1 bfb 9 1 1 1 bfd 1 1 1 1
        aph 1 1 1 1 bff 1 1 1 1 bfd 1 1 2 1 bfb 2 1 1 1 bf9 1 1 1 1 ber 1 1 2 1 anb 2 1 1 1 3r 1 1 1 1 bex 1 1 2 1
        bev 2 1 1 1 an5 1 1 2 1 an3 2 1 1 1 bez 2 1 1 1 bev 1 1 1 1 bet 1 1 1 1 b2j 1 1 1 1 bet 1 1 1 1 anx 1 1 2
        1 3f 2 1 1 1 bez 1 1 2 1 bet 2 1 1 1 3b 1 1 1 1 amt 1 1 1 1 bex 1 1 1 1 31 1 1 3 1 a51 3 1 2 1 a43 2 1 1 1
        bg1 1 1 1 1 bfl 1 1 2 1 bfh 2 1 2 1 a5j 2 1 1 1 a4t 1 1 2 1 a4l f 1 1 1 9yt z 1 1 1 as1 1 1 1 1 bjl 1 1 1
        1 arz 1 1 1 1 bbv 1 1 1 1 arp 1 1 1 1 bjn 1 1 1 1 arn 1 1 1 1 arl 1 1 1 1 arf 1 1 3 1 arb 3 1 1 1 2f 1 1 1
        1 aol 1 1 1 1 arb 1 1 1 1 21 1 1 1 1 aon 1 1 1 1 ar9 1 1 1 1 ard 1 1 4 1 arb 4 1 1 1 ar7 1 1 2 1 aqp 2 1 1
        1 b2r 1 1 2 1 aqh 2 1 1 1 8n 1 1 2 1 aqj 2 1 1 1 bk1 1 1 3 1 aqf 3 1 1 1 aa5 63 1 1 2 bxt xm 1 1 1 2 bwv
        10o 82 1 1 2 chl 15y 2 1 1 2 chp 15y 1 1 1 2 chr 18k 1 1 1 3 cht 15c 38 c 1 1 3 cih 15y 11 1 1 1 3 cij 15y
        z 1 1 1 3 cil 15y 2m e 1 1 3 cjd 160 13 1 1 1 3 cjf 160 11 1 1 1 3 cjh 160 2k e 1 1 3 ck9 15c f 1 1 1 3
        ckb 15c d f 1 1 2 cl5 14y 1 1 1 2 cl7 160 2 1 1 1 clb 1 1 1 1 cld 1 1 1 1 clf 1 1 1 1 clh 1 1 1 1 clj 1 1
        1 1 cll 1 1 1 1 cln 1 1 1 1 clp 1 1 1 1 clr 1 1 1 1 clt 1 1 1 1 clv 7 1 1 1 1 6 1 1 2 cml 17q d 1 1 1 cmj
        1 1 1 2 cml 0 1 1 1 3 cmn 0 0 9 1 1 1 cnx 4 1 1 2 1 0 1 1 1 3 3 0 0 2 1 1 2 1 0 1 1 1 3 3 0 0 5 1 1 2 col
        0 2 1 1 2 cor 156 9 1 1 2 cnj 0 1 1 1 2 cnl 1n 1 1 1 2 cpb 1o e 1 1 4 21 0 0 0 8 1 1 1 cql h 1 1 1 cqn 1 1
        1 1 cnj 3 1 6 1 cqn 6 1 1 1 crh 1 1 1 1 mm 1 1 1 1 cql 1 1 2 1 crt 2 1 1 1 co1 1 1 a 1 crj a 1 1 1 csd 1 1
        1 1 lq 1 1 1 1 crh 1 1 2 1 csp 3 1 1 1 cpp 1 1 1 1 cpj 1 1 1 1 cp1 1 1 1 1 col 1 1 1 1 bxx 1 1 1 1 cpl 1 1
        4 1 cph 4 1 1 1 cpf 1 1 2 1 cpb d 1 1 2 crv 1u 2g 1 1 3 cvx 2r 2w 1 1 1 3 cvz 2r 3s 1 1 1 1 cxp 1 1 1 2
        crp 61 2 1 1 3 cw3 2v 3k 1 1 1 3 cw5 2v 3w 1 1 1 1 cfh 2 1 1 2 cs1 5v 1 1 1 1 cw5 1 1 1 1 cxx 1 1 1 1 cxz
        1 1 1 1 cy1 1 1 1 1 cwb 1 1 1 1 clr 1 1 1 1 cy5 1 1 1 1 cy7 1 1 1 1 cy3 1 1 1 1 cwd 2 1 1 1 cy5 1 1 1 2
        cy7 1u 3 1 3 1 cy9 3 1 1 1 cyb 1 1 1 1 cyd 3 1 1 2 cyh b 1 1 1 3 cyh t e 1 1 1 2 cyj d 2 1 1 1 cyb 4 1 1 1
        cyj 4 1 2 1 d03 3 1 1 1 cyb 1 1 2 1 d05 3 1 1 1 czv 1 1 1 1 cy1 1 1 4 1 atl 4 1 1 1 cyn 2 1 1 3 d0p 9 1a 1
        1 1 1 bnb 1 1 1 1 bo3 1 1 1 1 bpx 1 1 1 1 bp9 1 1 1 1 bm 5 1 1 1 d1d 1 1 2 1 czn 2 1 2 1 czh 8 1 1 3 d31
        co6 cnt 1 1 1 3 d33 co6 cnp 1 1 1 4 d35 co6 co5 1 1 1 1 3 d37 co6 co1 1 1 1 3 d37 co4 co1 1 1 1 3 d3b co6
        cnx 1 1 1 3 d3b co4 cnx 1 1 1 3 d3b co2 cnx 1 1 1 3 d3b co0 cnx 1 1 1 3 d3j co6 cnv 1 1 1 3 d3d cny cnv 1
        1 1 3 d3n co6 cnr 1 1 1 3 d3l co2 cnr 1 1 1 3 d3j cny cnr 1 1 1 3 d3h cnu cnr 1 1 1 2 d3v co6 1 1 1 1 d2l
        1 1 1 2 d2n 0 1 1 1 3 d2p 0 0 1 1 1 2 d2r q 1 1 1 1 d23 1 1 1 2 d25 p 1 1 1 3 d27 p 0 1 1 1 4 d29 p 0 0 1
        1 1 2 d31 u 1 1 1 1 d29 1 1 1 2 d2b t 1 1 1 3 d2d t 0 1 1 1 1 d33 1 1 2 1 d3n 2 1 1 1 d37 1 1 1 1 d1p 1 1
        1 2 d1r 0 1 1 1 3 d1t 0 0 1 1 1 2 d1v q 1 1 1 1 d17 1 1 1 2 d19 p 1 1 1 3 d1b p 0 1 1 1 4 d1d p 0 0 1 1 1
        2 d25 u 1 1 1 1 d1d 1 1 1 2 d1f t 1 1 1 3 d1h t 0 1 1 1 1 d27 1 1 2 1 d2r 2 1 1 1 d2b a 1 1 3 d69 co8 co1
        4j 1 1 2 1 0 1 1 1 3 3 0 0 2 1 1 2 1 0 1 1 1 3 3 0 0 fk 1 9 1 eal 9 1 1 2 eb3 1 1 1 1 2 eb5 0 1 1 1 2 eb7
        2 1 1 1 2 eb9 4 1 1 1 2 ebb 6 1 1 1 2 ebd 8 1 1 1 2 ebf a 1 1 1 2 ebh c 1 1 1 2 ebj e 1 1 1 2 ebl g 1 1 1
        2 ebl 3 1 1 1 3 ec7 i f 1 1 1 3 ec9 k h 1 1 1 3 ecb m j 1 1 1 3 ecd o l 1 1 1 3 ecf q n 1 1 1 3 ech s p 1
        1 1 3 ecj u r 1 1 1 3 ecl w t 1 1 1 3 ecn y v 1 1 1 4 ecp i 1 d 1 1 1 4 ecr i 0 f 1 1 1 4 ect i 2 h 1 1 1
        4 ecv i 4 j 1 1 1 4 ecx i 6 l 1 1 1 4 ecz i 8 n 1 1 1 4 ed1 i a p 1 1 1 4 ed3 i c r 1 1 1 4 ed5 i e t 1 1
        1 4 ed7 i g v 1 1 1 4 ed9 k 3 d 1 1 1 2 ect 5 1 1 1 2 ect 7 1 1 1 2 ect 9 1 1 1 2 ect b 1 1 1 2 ect d 1 1
        1 2 ect f 1 1 1 2 ect h 1 1 1 2 ect j 1 1 1 2 ect l 1 1 1 3 edb 1 3 1 1 1 3 edd 0 5 1 1 1 3 edf 2 7 1 1 1
        3 edh 4 9 1 1 1 3 edj 6 b 1 1 1 3 edl 8 d 1 1 1 3 edn a f 1 1 1 3 edp c h 1 1 1 3 edr e j 1 1 1 3 edt g l
        1 1 1 3 edt 3 3 1 1 1 3 eef 36 33 1 1 1 3 eeh 38 35 1 1 1 3 eej 3a 37 1 1 1 3 eel 3c 39 1 1 1 3 een 3e 3b
        1 1 1 3 eep 3g 3d 1 1 1 3 eer 3i 3f 1 1 1 3 eet 3k 3h 1 1 1 3 eev 3m 3j 1 1 1 3 eex 3o 3l 1 1 1 3 eez 3q
        3n 1 1 1 3 ef1 3s 3p 1 1 1 3 ef3 3u 3r 1 1 1 3 ef5 3w 3t 1 1 1 3 ef7 3y 3v 1 1 1 3 ef9 40 3x 1 1 1 3 efb
        42 3z 1 1 1 3 efd 44 41 1 1 1 3 eff 46 43 1 1 1 3 efh 48 45 1 1 1 3 efj 4a 47 1 1 1 3 efl 4c 49 1 1 1 3
        efn 4e 4b 1 1 1 3 efp 4g 4d 1 1 1 3 efr 4i 4f 1 1 1 3 eft 4k 4h 1 1 q 1 eeh q 1 q 1 ee5 q 1 1 1 eib 10i 1
        1 4 341 0 0 0 2w 1 1 3 goj 0 6 1 1 1 2 gof 0 1 1 1 3 goh 0 0 ee 1 1 1 her 1 1 1 1 hfx 6q 1 1 1 r 8g 1 1 1
        o64 2c 1 1 1 18ig d 1 1 1 c8w 1 1 1 1 cb2 1 1 1 1 cbs 1 1 1 1 cc8 1 1 1 1 cdm 1 1 1 1 cg0 1 1 1 1 cgc 1 1
        1 1 che 1 1 1 1 cis 1 1 1 1 dik 1 1 1 1 dkm 1 1 1 1 dkw 1 1 1 1 dm4 1 1 1 1 dn6 1 1 1 1 doa 1 1 1 1 dr6 1
        1 1 1 dsa 1 1 1 1 dsu 1 1 1 1 e1e 1 1 1 1 e6k 1 1 1 1 e82 1 1 1 1 e8a 1 1 1 1 e9w 1 1 1 1 eac 1 1 1 1 ebs
        1 1 1 1 ecg 1 1 1 1 eds 1 1 1 1 egm 1 1 1 1 ehk 1 1 1 1 ej0 1 1 1 1 foy 1 1 1 1 fsw 1 1 1 1 gie 1 1 1 1
        gjm 1 1 1 1 gk0 1 1 1 1 gkk 1 1 1 1 gli 1 1 1 1 gpo 1 1 1 1 hg4 1 1 1 1 hiq 1 1 1 1 hpc 1 1 1 1 hqk 1 1 1
        1 hrk 1 1 1 1 hsq 1 1 1 1 hvo 1 1 1 1 hvs 1 1 1 1 ifu 1 1 1 1 igc 1 1 1 1 igy 1 1 1 1 ihm 1 1 1 1 io0 1 1
        1 1 ioe 1 1 1 1 iom 1 1 1 1 iv2 1 1 1 1 ivk 1 1 1 1 iw8 1 1 1 1 iwm 1 1 1 1 izy 1 1 1 1 j0u 1 1 1 1 j1s 1
        1 1 1 j66 1 1 1 1 k2e 1 1 1 1 k4w 1 1 1 1 k60 1 1 1 1 lb2 1 1 1 1 lba 1 1 1 1 lfu 1 1 1 1 lgo 1 1 1 1 lhc
        1 1 1 1 lig 1 1 1 1 lkk 1 1 1 1 lks 1 1 1 1 lzk 1 1 1 1 m0u 1 1 1 1 m2k 1 1 1 1 nmy 1 1 1 1 nqk 1 1 1 1
        nrs 1 1 1 1 nuy 1 1 1 1 nw8 1 1 1 1 nwo 1 1 1 1 nx0 1 1 1 1 nzu 1 1 1 1 o02 1 1 1 1 o1s 1 1 1 1 ppo 1 1 1
        1 qeg 1 1 1 1 qf2 1 1 1 1 qfa 1 1 1 1 qfg 1 1 1 1 qfu 1 1 1 1 qgs 1 1 1 1 qgu 1 1 1 1 qla 1 1 1 1 qx8 1 1
        1 1 qxg 1 1 1 1 rg8 1 1 1 1 rgq 1 1 1 1 rjg 1 1 1 1 rjs 1 1 1 1 rk8 1 1 1 1 rkm 1 1 1 1 rpm 1 1 1 1 rpy 1
        1 1 1 s2k 1 1 1 1 s2w 1 1 1 1 s5k 1 1 1 1 s6g 1 1 1 1 s90 1 1 1 1 sm4 1 1 1 1 smg 1 1 1 1 snc 1 1 1 1 t5g
        1 1 1 1 tce 1 1 1 1 tco 1 1 1 1 tmq 1 1 1 1 tri 1 1 1 1 tu0 1 1 1 1 uey 1 1 1 1 uma 1 1 1 1 vi4 1 1 1 1
        vjk 1 1 1 1 vmo 1 1 1 1 vpg 1 1 1 1 vt6 1 1 1 1 vtq 1 1 1 1 vu0 1 1 1 1 vvs 1 1 1 1 vzy 1 1 1 1 w0g 1 1 1
        1 wjm 1 1 1 1 wjy 1 1 1 1 wke 1 1 1 1 wku 1 1 1 1 wlo 1 1 1 1 wmg 1 1 1 1 wmm 1 1 1 1 wqy 1 1 1 1 wr4 1 1
        1 1 wre 1 1 1 1 y9u 1 1 1 1 ybg 1 1 1 1 z1g 1 1 1 1 z22 1 1 1 1 z3a 1 1 1 1 ziy 1 1 1 1 zjm 1 1 1 1 zni 1
        1 1 1 zq0 1 1 1 1 10lg 1 1 1 1 10m8 1 1 1 1 10n0 1 1 1 1 10ow 1 1 1 1 10qw 1 1 1 1 111w 1 1 1 1 112i 1 1 1
        1 1166 1 1 1 1 11jw 1 1 1 1 11lk 1 1 1 1 11x4 1 1 1 1 11y8 1 1 1 1 11yg 1 1 1 1 12am 1 1 1 1 12ks 1 1 1 1
        12ro 1 1 1 1 12ry 1 1 1 1 12s6 1 1 1 1 1480 1 1 1 1 148g 1 1 1 1 14h2 1 1 1 1 14pk 1 1 1 1 14po 1 1 1 1
        14s8 1 1 1 1 14y0 1 1 1 1 14yo 1 1 1 1 14yu 1 1 1 1 14z6 1 1 1 1 154k 1 1 1 1 156e 1 1 1 1 156o 1 1 1 1
        157e 1 1 1 1 15gm 1 1 1 1 15je 1 1 1 1 15jk 1 1 1 1 15to 1 1 1 1 15ts 1 1 1 1 15us 1 1 1 1 168q 1 1 1 1
        16bc 1 1 1 1 16bo 1 1 1 1 16fi 1 1 1 1 16g0 1 1 1 1 16g4 1 1 1 1 16gm 1 1 1 1 16i8 1 1 1 1 1744 1 1 1 1
        17qa 1 1 1 1 17qs 1 1 1 1 17su 1 1 1 1 17u0 1 1 1 1 17ue 1 1 1 1 17uw 1 1 1 1 17v2 1 1 1 1 17x8 1 1 1 1
        17xe 1 1 1 1 17ya 1 1 1 1 17yi 1 1 1 1 17z6 1 1 1 1 180m 1 1 1 1 181e 1 1 1 1 181s 1 1 1 1 1850 1 1 1 1
        185s 1 1 1 1 185y 17 1 1 1 iwv 1i 1 1 1 1z 2 1 1 1 dua 1 1 2 1 due 2q 1 1 2 j5h j5e 1 1 1 2 j5j j5g 3 1 1
        2 19 4 2o 1 1 2 47 16 1e 1 2 1 cpt 2 1 1 1 cgh 1 1 1 1 cpv 1 1 2 1 cgh 2 1 3 1 cpz 3 1 6 1 cgj 6 1 1 1 cp7
        1 1 3 1 cqd 3 1 1 1 cp1 1 1 a 1 cqf a 1 l 1 cm3 l 1 1 1 cnb 1 1 2 1 crl 2 1 2 1 chr 2 1 1 1 chl 1 1 1 1
        chj 1 1 1 1 chb 1 1 1 1 ch5 1 1 1 1 ch3 1 1 1 1 crn 1 1 1 1 cgz 1 1 1 1 cgx 1 1 2 1 crr 2 1 1 1 crp 1 1 2
        1 crn 2 1 1 1 crh 1 1 1 1 crf 1 1 5 1 crd 5 1 1 1 cr9 1 1 1 1 cr3 1 1 1 1 cql 1 1 1 1 cq9 1 1 1 1 cq1 1 1
        2 1 cgx 2 1 3 1 cpl 3 1 2 1 cn9 2 1 1 1 cn5 1 1 2 1 cmp 2 1 1 1 cmn 1 1 1 1 cm5 1 1 1 1 cm1 4 1 1 1 b8c 1
        1 1 1 bg2 1 1 1 1 b8q 1 1 1 1 eq4 1 1 1 1 b8o 1 1 1 1 bak 1 1 1 1 b8m 1 1 1 1 qpe 1 1 1 1 bcu 1 1 1 1 b98
        1 1 1 1 b7u 1 1 1 1 fmg 1 1 1 1 euc 1 1 1 1 bhy 2p 1 1 3 jov 6nk 6nh 1 1 1 3 jox 6no 6nl 1 1 1 3 joz 6nq
        6nn 1 1 1 3 jp1 6nu 6nr 1 1 1 3 jp3 6nw 6nt 1 1 1 3 jp5 6ny 6nv 1 1 1 3 jp7 6o2 6nz 1 1 1 3 jp9 6o6 6o3 1
        1 1 3 jpb 6o8 6o5 1 1 1 3 jpd 6oc 6o9 1 1 1 3 jpf 6oe 6ob 1 1 1 3 jph 6og 6od 1 1 1 3 jpj 6oi 6of 1 1 1 3
        jpl 6ok 6oh 1 1 1 4 jpn 6nk 5e 6sv 1 1 1 4 jpp 6no 5a 6sv 1 1 1 4 jpr 6nq 58 6sv 1 1 1 4 jpt 6nu 54 6sv 1
        1 1 4 jpv 6nw 52 6sv 1 1 1 4 jpx 6ny 50 6sv 1 1 1 4 jpz 6o2 4w 6sv 1 1 1 4 jq1 6o6 4s 6sv 1 1 1 4 jq3 6o8
        4q 6sv 1 1 1 4 jq5 6oc 4m 6sv 1 1 1 4 jq7 6oe 4k 6sv 1 1 1 4 jq9 6og 4i 6sv 1 1 1 4 jqb 6oi 4g 6sv 1 1 1 4
        jqd 6ok 4e 6sv 1 1 1 4 jqf 6o8 5g 6tl 1 1 1 7 jqh 6o6 58 55 4y 3w 6wz 1 1 1 6 jqj 6o6 58 4t 54 6tl 2 1 1 3
        jqn ur4 ur1 1 1 1 3 jqp uyw uyt 1 1 1 3 jqr urm urj 1 1 1 3 jqt y92 y8z 1 1 1 3 jqv uzc uz9 1 1 1 3 jqx
        w3u w3r 1 1 1 3 jqz ura ur7 1 1 1 3 jr1 w3q w3n 1 1 1 3 jr3 uwa uw7 1 1 1 3 jr5 wtu wtr 1 1 1 3 jr7 14n4
        14n1 1 1 1 3 jr9 18cm 18cj 1 1 1 3 jrb 16oo 16ol 1 1 1 3 jrd 14ow 14ot 1 1 1 3 jrf 1ljm 1ljj 1 1 1 3 jrh
        ycu ycr 1 1 1 3 jrj 146y 146v 1 1 1 3 jrl 1538 1535 1 1 1 3 jrn 14n6 14n3 1 1 1 3 jrp 1bu4 1bu1 1 1 1 3
        jrr x56 x53 1 1 1 3 jrt 195u 195r 1 1 1 3 jrv 1jhu 1jhr 1 1 1 3 jrx 1bvu 1bvr 1 1 1 3 jrz wm0 wlx 1 1 1 3
        js1 v3q v3n 1 1 1 3 js3 xbc xb9 1 1 1 3 js5 101o 101l 1 1 1 3 js7 1awm 1awj 1 1 1 3 js9 v5e v5b 1 1 1 3
        jsb 1jjy 1jjv 1 1 1 3 jsd wuw wut 1 1 1 3 jsf 1bwq 1bwn 1 1 1 3 jsh v6a v67 1 1 1 3 jsj 1f9g 1f9d 1 1 1 3
        jsl 1f9y 1f9v 1 1 1 1 due 1 1 1 1 hgu 1 1 1 1 k8y 1 1 1 1 sy8 9 1 1 3 jr3 8 t 1 1 1 2 jst 1 1 1 1 2 jsv 0
        1 1 1 2 jsx 2 1 1 1 2 jsz 4 1 1 1 2 jt1 6 1 1 1 2 jt3 8 1 1 1 2 jt5 a 1 1 1 2 jt7 c 1 1 1 2 jt9 e 1 1 1 2
        jt9 5 1 1 1 2 jtb 3 1 1 1 2 jtd 1 1 1 1 2 jtf 0 1 1 1 2 jth 2 1 1 1 2 jtj 4 1 1 1 1 d6n 1 1 2 1 d6l 2 1 3
        1 d6j 3 1 1 1 d6h 1 1 2 1 d6f 2 1 5 1 d6d 5 1 1 2 d7f 5e 1 1 1 2 d7d 5a 1 1 1 2 d7d 58 1 1 1 2 d7b 54 1 1
        1 2 d7b 52 1 1 1 2 d7b 50 1 1 1 2 d79 4w 1 1 1 2 d77 4s 1 1 1 2 d77 4q 1 1 1 2 d75 4m 1 1 1 2 d75 4k 1 1 1
        2 d75 4i 1 1 1 2 d75 4g 1 1 1 2 d75 4e 1 1 1 5 d7f 4m 4s a5 5u 1 1 1 4 d7l 5g 5h 5u 1 1 1 2 d7p 5i 2 1 1 1
        av4 1 1 1 1 b2u 1 1 1 1 avi 1 1 1 1 ecw 1 1 1 1 b34 1 1 1 1 c7k 1 1 1 1 auy 1 1 1 1 c7c 1 1 1 1 azu 1 1 1
        1 cxc 1 1 1 1 kqk 1 1 1 1 og0 1 1 1 1 ms0 1 1 1 1 ks6 1 1 1 1 11mu 1 1 1 1 eg0 1 1 1 1 ka2 1 1 1 1 l6a 1 1
        1 1 kq6 1 1 1 1 rx2 1 1 1 1 d82 1 1 1 1 p8o 1 1 1 1 zkm 1 1 1 1 ryk 1 1 1 1 coo 1 1 1 1 s5a 1 1 1 1 qbe 1
        1 1 1 fcg 1 1 1 1 1122 1 1 1 1 c2i 1 1 1 1 cys 1 1 1 1 n0y 1 1 1 1 1422 1 1 1 1 b8g 1 1 1 1 c8e 1 1 1 1
        mf4 1 1 1 1 ato 1 1 1 1 avk 1 1 1 1 atm 1 1 1 1 h32 1 1 1 1 d5i 1 1 1 1 cv8 1 1 1 1 g62 1 1 1 1 g3a 1 1 1
        1 qy6 1 1 1 1 b6w 1 1 1 1 zle 1 1 1 1 cwa 1 1 1 1 f6g 1 1 1 2 jy3 6 1 1 1 2 jy5 8 1 1 1 2 jy7 a 1 1 1 2
        jy9 c 1 1 1 2 jy9 7 1 1 1 2 jyb 5 1 1 1 2 jyd 3 1 1 1 2 jyf 1 1 1 1 2 jyh 0 1 1 1 2 jyj 2 1 1 1 2 jyl 4 1
        1 1 2 jyn 6 1 1 1 2 jyp 8 1 1 1 2 jyr a 1 1 1 2 jyr 9 1 1 1 2 jz1 14mm 1 1 1 2 jz1 14mk 1 1 1 2 jz1 14mi 1
        1 1 2 jz1 14mg 1 1 1 2 jz1 14me 1 1 1 2 jz1 14mc 1 1 1 2 jz1 14ma 1 1 1 2 jz1 14m8 1 1 1 2 jz1 14m6 1 1 1
        3 jzj 1 14mo 1 1 1 3 jzl 0 14mm 1 1 1 3 jzn 2 14mk 1 1 1 2 jyf 1q 1 1 1 3 jwv q l 1 1 1 2 jwx t 1 1 1 3
        jyd g v 1 1 1 1 uz 1 1 1 1 ux 1 1 1 1 uv 1 1 1 1 ut 1 1 2 1 ur 2 1 1 1 up 1 1 1 1 un 1 1 1 1 ul 1 1 1 1 uj
        1 1 1 1 uh 1 1 1 1 uf 1 1 1 1 ud 1 1 1 1 ub 1 1 1 1 u9 1 1 1 1 u7 1 1 1 1 u5 1 1 1 1 u1 1 1 1 1 tz 1 1 1 1
        tx 1 1 6 1 tv 6 1 1 1 tr 1 1 1 1 tn 1 1 1 1 tj 1 1 1 1 tf 1 1 5 1 tb 5 1 1 1 t9 1 1 1 1 t7 1 1 6 1 t5 6 1
        4 1 t3 5 1 1 5 xn 2i 2x 5g 2v 1 1 1 4 xp 42 17 2v 1 1 1 5 xr 4i 1h 3f g 1 1 1 3 xt 50 x 1 1 1 5 xr 26 28
        3r 17 1 1 1 3 xt 4e 2r 1 1 1 3 xr 6 44 1 1 1 6 xp y j 4a 2v 2l 1 1 1 4 xr 4o 4h 4i 1 1 1 3 xp 42 37 1 1 1
        3 xr 4k 1j 1 1 1 3 xr d 3w 1 1 1 4 xt 3g 23 a 1 1 1 4 xv 3o 5 10 1 1 1 4 xx z 4o c 1 1 1 4 xz z 50 15 1 1
        1 4 xx 13 10 z 1 1 1 4 xz 13 2s 2q 1 1 1 4 y1 34 a 10 1 1 1 6 y3 13 4k 2f 23 5i 1 1 1 2 y5 3k 1 1 1 6 y7
        3k 3f 17 4g h 1 1 1 6 y9 3k n 1i 2v 1y 1 1 1 5 yb 3k 4 2f a 1 1 1 4 y9 17 4g h 1 1 1 6 yb 17 4g h 1b 2e 1
        1 1 6 yd 3c 2n 1v m 42 1 1 1 4 yf 3g u 2l 1 1 1 3 yd 46 3p 1 1 1 3 yb 34 1t 1 1 1 4 yd 42 1t 3l 1 1 1 4 yb
        x m 3c 1 1 1 5 yd 3g 2r 3a 1j 1 1 1 5 yb 2u i 3r 17 1 1 1 3 y5 34 2r 1 1 1 3 y7 34 2d 1 1 1 4 y1 23 5i 3p
        1 1 1 3 xp 2h 1o 1 1 1 3 xn 2l 4k 1 1 1 2 xp 2e 1 1 1 2 xn 8 1 1 1 3 xh l a 1 1 1 3 xh 2d 1s 1 1 1 6 xj 2x
        5g 3l 34 2d 1 1 1 4 xl 2x 5g 33 1 1 1 5 xn 2z 5i v 1 1 1 1 6 xj 33 g 1a u 1y 1 1 1 4 xl 33 16 3c 1 1 1 3
        xn 33 1e 1 1 1 3 xp 35 4k 1 1 1 6 xl 2v 40 23 a 2l 1 1 1 4 xn 2r 4y 2v 1 1 1 6 xp 3b 2c n v 3s 1 1 1 3 xr
        14 k 1 1 1 5 xn 29 w 3e x 1 1 1 3 xp 3f 1y 1 1 1 4 xr 3f 2q e 1 1 1 3 xt 12 25 1 1 1 4 xv 3f 4y 37 1 1 1 5
        xx 3f 5g 3t 1n 1 1 1 4 xz 3h 5i 3d 1 1 1 5 xv 3l k 4e 2d 1 1 1 4 xx 3n 4k 1x 1 1 1 2 xz 1c 1 1 1 5 y1 3l
        4y 2d 2l 1 1 1 3 y3 1u x 1 1 1 3 y5 1u h 1 1 1 4 y1 37 m 3g 1 1 1 3 y3 37 3y 1 1 1 3 y5 1h o 1 1 1 3 y7 q
        3b 1 1 1 5 y9 16 3b 2o o 1 1 1 4 y9 2n 3g c 1 1 1 2 yb m 1 1 1 6 yd m 1h 2z 5i x 1 1 1 3 yb 2z z 1 1 1 5
        yd 2z z 2m 2e 1 1 1 4 yf 1i 2v 1y 1 1 1 4 yb 1c 2v 2l 1 1 1 3 yd 1c x 1 1 1 3 yb 3r 4i 1 1 1 4 y5 25 a 1y
        1 1 1 2 y7 1 1 1 1 4 y7 1d 33 5g 1 1 1 5 y9 y 25 3b 4k 1 1 1 2 y9 n 1 1 1 6 yb e 2d 19 1b 50 1 1 1 3 y7 2f
        a 1 1 1 2 k7j 18gi 1 1 1 2 k7j 18gg 1 1 1 2 k7j 18ge 1 1 1 2 k7j 18gc 1 1 1 2 k7j 18ga 1 1 1 2 k7j 18g8 1
        1 1 2 k7j 18g6 1 1 1 2 k7j 18g4 1 1 1 2 k7j 18g2 1 1 1 2 k7j 18g0 1 1 1 3 k81 1 18gi 1 1 1 3 k83 0 18gg 1
        1 1 3 k85 2 18ge 1 1 1 3 k87 4 18gc 1 1 1 3 k89 6 18ga 1 1 1 3 k8b 8 18g8 1 1 1 3 k8d a 18g6 1 1 1 3 k8f c
        18g4 1 1 1 3 k8h e 18g2 1 1 1 3 k8j g 18g0 1 1 1 3 k8j 3 18gi 1 1 1 3 k8l 1 18gg 1 1 1 3 k8n 0 18ge 1 1 1
        3 k8p 2 18gc 1 1 1 3 k8r 4 18ga 1 1 1 3 k5t 1b y 1 1 1 2 k63 5 1 1 1 2 k83 14 1 1 1 3 k6b 1 y 1 1 1 2 k5n
        1d 1 1 1 2 k5n p 1 1 1 2 k6d i 1 1 1 3 k6f i 39 1 1 1 3 k6h i 37 1 1 1 2 k81 o 1 1 1 2 gz4 1fe 1 1 1 2 k0y
        6yp 1 1 1 2 evo 77c 1 1 1 2 jz4 2my 1 1 1 4 kt2 3lh 6ax gnc 1 1 1 2 k67 2l 1 1 1 2 k6d 2h 1 1 1 2 ivf 1dh
        1 1 1 2 k6j 2f 1 1 1 2 k6p 2b 1 1 1 2 k8j h 1 1 1 2 k8h l 1 1 1 2 k8v 9 1 1 1 3 k7d 3 m 1 1 1 4 k6z f 3 m
        1 1 1 2 k6r 2b 1 1 1 2 k6x 27 1 1 1 2 ivz 1d7 1 1 1 2 iw1 1bd 1 1 1 2 k75 b 1 1 1 2 k7b 7 1 1 1 2 k9b 2s 1
        1 1 3 k7f 1x 2s 1 1 1 3 k95 9 2s 1 1 1 3 k9j 2 2s 1 1 1 3 k8v n 2s 1 1 1 2 iwh 1b3 1 1 1 2 k7l 1 1 1 1 2
        k85 g 1 1 1 2 k7t 2 1 1 1 2 k85 e 1 1 1 2 k7r 1 1 1 1 2 iwt 1b1 1 1 1 2 k7x 0 1 1 1 2 k8j k 1 1 1 2 k85 4
        1 1 1 3 k83 0 39 1 1 1 3 k8p k 39 1 1 1 2 k87 39 1 1 1 3 k8d 4 39 1 1 1 3 k8b 0 37 1 1 1 3 k8x k 37 1 1 1
        2 k8f 37 1 1 1 3 k8l 4 37 1 1 1 3 k8j dao dab 1 1 1 4 k8l dao dab 3l 1 1 1 2 ka9 y 1 1 1 3 k8t 1h y 1 1 1
        3 kaj 6 y 1 1 1 3 kax i y 1 1 1 3 k8l x 6 1 1 1 5 k8n x 6 db6 dab 1 1 1 6 k8p x 6 db6 dab 3l 1 1 1 2 k8v 6
        1 1 1 2 k91 a 1 1 1 2 iy3 1ap 1 1 1 2 k97 c 1 1 1 2 k93 1f 1 1 1 2 k99 1b 1 1 1 2 iyb 1cb 1 1 1 2 k9f 19 1
        1 1 2 k9l 15 1 1 1 2 kbb i 1 1 1 2 k9f 1d 1 1 1 2 k9l 19 1 1 1 2 iyn 1c9 1 1 1 2 k9r 17 1 1 1 2 k9x 13 1 1
        1 2 kbn k 1 1 1 2 ka1 1a4 1 1 1 2 kbr 1bs 1 1 1 4 kap 2t 3i 3h 1 1 1 2 kch 2m 1 1 1 2 kap 0 1 1 1 2 kar 2
        1 1 1 4 kcl dd0 dar 7 1 1 1 3 kcn 2g 3l 1 1 1 2 kav 1v 1 1 1 2 kcj 2s 1 1 1 2 kar d 1 1 1 2 kcl g 1 1 1 2
        kat a 1 1 1 2 kcj 0 1 1 1 2 kcl 4 1 1 1 2 kav i 1 1 1 2 kav 2 1 1 1 2 kax 4 1 1 1 3 kaz 6 f 1 1 1 2 kb1 o
        1 1 1 2 kb1 l 1 1 1 3 kb3 7 6 1 1 1 3 kb5 4 5 1 1 1 2 kct f 1 1 1 4 kb3 3n 3i 3h 1 1 1 3 kcx 0 5 1 1 1 2
        kcz 4 1 1 1 2 kb3 1 1 1 1 2 kcx 1y 1 1 1 2 kcr m 1 1 1 3 kcv dby dan 1 1 1 3 ke3 dd4 dan 1 1 1 2 kf1 146g
        1 1 1 2 kf1 146e 1 1 1 2 kf1 146c 1 1 1 2 kf1 146a 1 1 1 2 kf1 1468 1 1 1 2 kf1 1466 1 1 1 2 kf1 1464 1 1
        1 2 kf1 1462 1 1 1 2 kf1 1460 1 1 1 3 kfj 1 146i 1 1 1 3 kfl 0 146g 1 1 1 3 kfn 2 146e 1 1 1 3 kfp 4 146c
        1 1 1 3 kfr 6 146a 1 1 1 3 kft 8 1468 1 1 1 3 kfv a 1466 1 1 1 3 kfx c 1464 1 1 1 3 kfz e 1462 1 1 1 3 kg1
        g 1460 1 1 1 3 kg1 3 146i 1 1 1 3 kg3 1 146g 1 1 1 3 kg5 0 146e 1 1 1 3 kg7 2 146c 1 1 1 3 kg9 4 146a 1 1
        1 3 kgb 6 1468 1 1 1 3 kgd 8 1466 1 1 1 3 kgf a 1464 1 1 1 3 kgh c 1462 1 1 1 3 kgj e 1460 1 1 1 3 kgj 5
        146i 1 1 1 3 kgl 3 146g 1 1 1 3 kdr b m mn1 1 1 1 1s4j 1 1 1 1 1s4h 5v 1 1 1 1 3s 1 1 1 1twj 1 1 1 1 1tu3
        o3 1 1 1 1nt 1 1 1 1 23 1 1 1 1 1uqt 1 1 1 1 p fq9 1 1 2 2r03 0 1 1 1 2 2r05 6 1 1 1 2 2r07 c 1 1 1 3 2r09
        0 6 1 1 1 3 2r0b 0 c 1 1 1 2 2qzn 2 1 1 1 2 2qzp 2 d 1 1 2 2p19 4 1 1 1 2 2p1b t 1 1 1 2 2p1d h 1 1 1 2
        2p0v f 1 1 1 2 2p1h d 9 1 1 1 2ovv 1 1 1 1 2owx 1 1 2 1 2owt 2 1 3 1 2owh 3 1 1 1 2ovx 1 1 1 1 2ovv 1 1 1
        1 2r5n 12 1 1 2 2ozh o 1 1 1 1 2oql 1 1 1 1 2oqn 1 1 1 1 2oq5 1 1 1 1 2oq7 1 1 1 1 2oq9 1 1 1 1 2oqb 1 1 1
        1 2oq7 1 1 1 1 2oq9 1 1 1 1 2oqb 1 1 1 1 2oqd 1 1 1 1 2oqb 1 1 1 1 2oqd 1 1 1 1 2oqf 1 1 1 1 2oqh 1 1 1 1
        2oqv 1 1 1 1 2oqx 1 1 1 1 2oqz 1 1 1 1 2or1 1 1 1 1 2oqt 1 1 1 1 2oqv 1 1 1 1 2oqx 1 1 1 1 2oqz 1 1 1 1
        2ord 1 1 1 1 2orf 1 1 1 1 2orh 1 1 1 1 2orj 1 1 1 1 2op7 1 1 1 1 2op9 1 1 1 1 2opb 1 1 1 1 2opd 1 1 1 1
        2opb 1 1 1 1 2opd 1 1 1 1 2opf 1 1 1 1 2oph 1 1 1 1 2orf 1 1 1 1 2orh 1 1 1 1 2orj 1 1 1 1 2orl 1 1 1 1
        2orp 1 1 1 1 2orr 1 1 1 1 2ort 1 1 1 1 2orv 1 1 1 1 2orr 1 1 1 1 2ort 1 1 1 1 2orv 1 1 2 1 2orx 2 1 1 1
        2orz 1 1 1 1 2os1 1 1 1 1 2os3 1 1 1 1 2ort 1 1 1 1 2orv 1 1 1 1 2orz 1 1 1 1 2os1 1 1 1 1 2orz 1 1 1 1
        2os1 1 1 1 1 2osf 1 1 1 1 2osh 1 1 1 1 2orn 1 1 1 1 2orp 1 1 1 1 2os5 1 1 1 1 2os7 1 1 1 1 2oqx 1 1 1 1
        2oqz 1 1 1 1 2or1 1 1 1 1 2or3 1 1 1 1 2oqt 1 1 1 1 2oqv 1 1 1 1 2oqx 1 1 1 1 2oqz 1 1 1 1 2oqt 1 1 1 1
        2oqv 1 1 1 1 2oqx 1 1 1 1 2oqz 1 1 1 1 2or5 1 1 1 1 2or7 1 1 1 1 2or9 1 1 1 1 2orb 1 1 1 1 2oqv 1 1 2 1
        2oqx 2 1 1 1 2oqz 1 1 1 1 2or1 1 1 1 1 2or3 1 1 1 2 2opp 75 1 1 1 2 2opr 75 1 1 1 1 2oqx 1 1 1 1 2oqz 1 1
        1 1 2or1 1 1 1 1 2or3 1 1 1 1 2orb 1 1 1 1 2ord 1 1 1 1 2orf 1 1 1 1 2orh 1 1 1 1 2oqf 1 1 1 1 2oqh 1 1 1
        2 2oqj 6z 1 1 1 2 2oql 6z y 1 1 1 2ouj 1 1 1 1 2oul 1 1 1 1 2oun 1 1 1 1 2oup 1 1 1 1 2otb 1 1 1 1 2otd 1
        1 1 1 2oth 1 1 1 1 2otj 1 1 1 1 2oth 1 1 1 1 2otj 1 1 1 2 2otn 4l 1 1 1 1 2oth 1 1 1 1 2otj 1 1 1 1 2otx 1
        1 1 1 2otz 1 1 1 1 2ott 1 1 1 1 2otv 1 1 1 1 2otj 1 1 1 1 2otl 1 1 1 1 2otn 1 1 1 1 2otp 1 1 1 1 2p19 1 1
        1 1 2p1b 1 1 1 3 2p1b k 2h 1 1 1 3 2p1d k 2h 1 1 1 3 2p1f k 76 1 1 1 3 2p1h k 76 1 1 1 3 2p1j k n 1 1 1 3
        2p1l k n 1 1 1 3 2p1n k 6e 1 1 1 3 2p1p k 6e 1 1 1 3 2p1r k 6c 1 1 1 3 2p1t k 6c 1 1 1 3 2p1v k 6g 1 1 1 3
        2p1x k 6g 1 1 1 3 2p1z k 6w 1 1 1 3 2p21 k 6w 1 1 1 3 2p23 k 6w 1 1 1 3 2p25 k l 1 1 1 3 2p27 k l 1 1 1 3
        2p29 k l 1 1 1 1 2ov3 1 1 1 1 2ov5 1 1 1 1 2ov7 1 1 1 1 2ov9 1 1 1 3 2p2j k 27 1 1 1 3 2p2l k 25 1 1 1 3
        2p2n k t 1 1 1 3 2p2p k l 1 1 1 3 2p2r k j 1 1 1 2 2p4p 8 1 1 1 2 2p4r a 1 1 1 2 2p4t c 1 1 1 2 2p4v 1m 1
        1 1 2 2p4x 1u 1 1 1 2 2p4z 1w 1 1 1 2 2p4x 4 1 1 1 2 2p4z 6 1 1 1 2 2p51 8 1 1 1 2 2p53 1i 1 1 1 2 2p55 1q
        1 1 1 2 2p57 1s 1 1 1 2 2p57 2 1 1 1 2 2p59 1g 1 1 1 2 2p5b 1o 1 1 1 2 2p5d 1q 1 1 1 2 2p5d 2 1 1 1 2 2p5f
        1e 1 1 1 2 2p5f 1 1 1 1 2 2p5h 1c 1 1 1 2 2p5h 3 1 1 1 2 2p5j 1 1 1 1 2 2p5l 1a 1 1 1 2 2p5d d 1 1 1 2
        2p5f b 1 1 1 2 2p5h 9 1 1 1 2 2p5j 10 1 1 1 2 2p5h f 1 1 1 2 2p5j w 1 1 1 2 2p5j j 1 1 1 2 2p5l h 1 1 1 2
        2p5n f 1 1 1 2 2p5p u 1 1 1 2 2p5p j 1 1 1 2 2p5r s 1 1 1 2 2p5r q 1 1 1 2 2p5r p 1 1 1 2 2p5t o 1 1 1 2
        2p5t r 1 1 1 2 2p5v m 1 1 1 2 2p5j 15 1 1 1 2 2p5l 13 1 1 1 2 2p5n 11 1 1 1 2 2p5p 8 1 1 1 2 2p5r g 1 1 1
        2 2p5t i 1 1 1 2 2p5t 15 1 1 1 2 2p5v 6 1 1 1 2 2p5x e 1 1 1 2 2p5z g 1 1 1 2 2p5z 1j 1 1 1 2 2p61 19 1 1
        1 2 2p63 17 1 1 1 2 2p65 15 1 1 1 2 2p67 2 1 1 1 2 2p69 4 1 1 1 2 2p6b c 1 1 1 2 2p6d e 1 1 1 2 2p6d 1b 1
        1 1 2 2p6f 19 1 1 1 2 2p6h 17 1 1 1 2 2p6j 2 1 1 1 2 2p6l a 1 1 1 2 2p6n c 1 1 1 2 2p6n 1d 1 1 1 2 2p6p 1b
        1 1 1 2 2p6r 19 1 1 1 2 2p6t 0 1 1 1 2 2p6v 8 1 1 1 2 2p6x a 1 1 1 2 2p6x 1f 1 1 1 2 2p6z 1d 1 1 1 2 2p71
        1b 1 1 1 2 2p73 1 1 1 1 2 2p75 6 1 1 1 2 2p77 8 1 1 1 2 2p77 1h 1 1 1 2 2p79 3 1 1 1 2 2p7b 4 1 1 1 2 2p7d
        6 1 1 1 2 2p79 1n 1 1 1 2 2p7b 1l 1 1 1 2 2p7d 1j 1 1 1 2 2p7f 9 1 1 1 2 2p7h 1 1 1 1 2 2p7j 0 1 1 1 2
        2p91 3k 1 1 1 2 2p91 3i 1 1 1 2 2p7r 26 1 1 1 3 2rnf 2fs a 1 1 1 3 2rnh 2fu 8 1 1 1 3 2rnj 2fw 6 1 1 1 3
        2rnl 2fy 4 1 1 1 3 2rnn 2g0 2 1 1 1 3 2rnp 2g2 1q 1 1 1 3 2p83 k 1x 1 1 1 3 2p85 k 1v 1 1 1 3 2p87 k t 1 1
        1 3 2p89 k r 1 1 1 3 2p8b k l 1 1 1 3 2p8d k j 1 1 1 2 2pab i 1 1 1 2 2pad k 1 1 1 2 2paf 1m 1 1 1 2 2pah
        1o 1 1 1 2 2paj 1u 1 1 1 2 2pal 1w 1 1 1 2 2paj e 1 1 1 2 2pal g 1 1 1 2 2pan 1i 1 1 1 2 2pap 1k 1 1 1 2
        2par 1q 1 1 1 2 2pat 1s 1 1 1 2 2pat c 1 1 1 2 2pav e 1 1 1 2 2pax 1g 1 1 1 2 2paz 1i 1 1 1 2 2pb1 1o 1 1
        1 2 2pb3 1q 1 1 1 2 2p9x g 1 1 1 2 2p9z i 1 1 1 2 2p9z e 1 1 1 2 2pa1 g 1 1 1 2 2pa1 1j 1 1 1 2 2pa3 2 1 1
        1 2 2pa5 4 1 1 1 2 2pa7 c 1 1 1 2 2pa9 e 1 1 1 2 2pa9 2 1 1 1 2 2pab a 1 1 1 2 2pad c 1 1 1 2 2pad 1n 1 1
        1 2 2paf 0 1 1 1 2 2paf 15 1 1 1 2 2pah 13 1 1 1 2 2paj 1 1 1 1 2 2pal 0 1 1 1 2 2pan 6 1 1 1 2 2pap 8 1 1
        1 2 2pal 26 1 1 1 2 2pal 1d 1 1 1 2 2pan 1b 1 1 1 2 2pap 9 1 1 1 2 2par 7 1 1 1 2 2pat 1 1 1 1 2 2pav 0 1
        1 1 3 2pax k 27 1 1 1 3 2paz k 25 1 1 1 3 2pb1 k 23 1 1 1 3 2pb3 k t 1 1 1 3 2pb5 k p 1 1 1 2 2pd3 8 1 1 1
        2 2pd5 a 1 1 1 2 2pd7 c 1 1 1 2 2pd9 1m 1 1 1 2 2pdb 1q 1 1 1 2 2pd9 4 1 1 1 2 2pdb 6 1 1 1 2 2pdd 8 1 1 1
        2 2pdf 1i 1 1 1 2 2pdh 1m 1 1 1 2 2pdh 1g 1 1 1 2 2pdh 2 1 1 1 2 2pdj 1e 1 1 1 2 2pdj 1 1 1 1 2 2pdl 1c 1
        1 1 2 2pdl 3 1 1 1 2 2pdn 1a 1 1 1 2 2pdf d 1 1 1 2 2pdh b 1 1 1 2 2pdj 9 1 1 1 2 2pdl 10 1 1 1 2 2pdj f 1
        1 1 2 2pdl d 1 1 1 2 2pdn w 1 1 1 2 2pdn j 1 1 1 2 2pdp h 1 1 1 2 2pdr f 1 1 1 2 2pdt u 1 1 1 2 2pdt j 1 1
        1 2 2pdt q 1 1 1 2 2pdt p 1 1 1 2 2pdv o 1 1 1 2 2pdv r 1 1 1 2 2pdx m 1 1 1 2 2pdl 15 1 1 1 2 2pdn 13 1 1
        1 2 2pdp 11 1 1 1 2 2pdr 8 1 1 1 2 2pdr 15 1 1 1 2 2pdt 6 1 1 1 2 2pdt 19 1 1 1 2 2pdv 17 1 1 1 2 2pdx 15
        1 1 1 2 2pdz 2 1 1 1 2 2pe1 4 1 1 1 2 2pe1 1b 1 1 1 2 2pe3 19 1 1 1 2 2pe5 17 1 1 1 2 2pe7 2 1 1 1 2 2pe9
        6 1 1 1 2 2pe9 1d 1 1 1 2 2peb 1b 1 1 1 2 2ped 19 1 1 1 2 2pef 0 1 1 1 2 2pef 1f 1 1 1 2 2peh 1d 1 1 1 2
        2pej 1b 1 1 1 2 2pel 1 1 1 1 2 2pen 2 1 1 1 2 2pen 1h 1 1 1 2 2pep 3 1 1 1 2 2per 2a 1 1 1 2 2pen 1n 1 1 1
        2 2pep 1l 1 1 1 2 2per 1j 1 1 1 2 2pet 9 1 1 1 2 2pev 5 1 1 1 3 2pex k t 1 1 1 3 2pez k p 1 1 1 2 2pgx 1m
        1 1 1 2 2pgz 1q 1 1 1 2 2pgx 1i 1 1 1 2 2pgz 1m 1 1 1 2 2pgz 1g 1 1 1 2 2ph1 1k 1 1 1 2 2pgn 10 1 1 1 2
        2pgp 14 1 1 1 2 2pgp y 1 1 1 2 2pgr 12 1 1 1 2 2pfz 2 1 1 1 2 2pg1 4 1 1 1 2 2pg1 2 1 1 1 2 2pfz 1 1 1 1 2
        2pg1 2 1 1 1 2 2pfv 9 1 1 1 2 2pfx 5 1 1 1 3 2pgj s 6 1 1 1 3 2pgl u 4 1 1 1 3 2pgn w 2 1 1 1 2 2ph7 10 1
        1 1 2 2ph9 12 1 1 1 2 2ph7 w 1 1 1 2 2ph9 y 1 1 1 2 2ph9 u 1 1 1 2 2phb w 1 1 1 2 2phr 18 1 1 1 2 2pht 1a
        1 1 1 2 2pht 16 1 1 1 2 2phv 18 1 1 1 2 2pib 1k 1 1 1 2 2pid 1m 1 1 1 2 2pih 1m 1 1 1 2 2pij 1o 1 1 1 2
        2pih 1i 1 1 1 2 2pij 1k 1 1 1 2 2pi7 14 1 1 1 2 2pi9 16 1 1 1 2 2pi9 12 1 1 1 2 2pib 14 1 1 1 2 2pih f 1 1
        1 2 2pij d 1 1 1 2 2pil b 1 1 1 2 2pin y 1 1 1 2 2pip 5 1 1 1 2 2pit 3 1 1 1 2 2pir 7 1 1 1 2 2pir 9 1 1 1
        2 2pir 10 1 1 1 2 2pit 12 1 1 1 2 2pir w 1 1 1 2 2pit y 1 1 1 2 2pit u 1 1 1 2 2piv w 1 1 1 2 2pjb 18 1 1
        1 2 2pjd 1a 1 1 1 2 2pjd 16 1 1 1 2 2pjf 18 1 1 1 2 2pjv 1k 1 1 1 2 2pjx 1m 1 1 1 2 2pk1 1m 1 1 1 2 2pk3
        1o 1 1 1 2 2pk1 1i 1 1 1 2 2pk3 1k 1 1 1 2 2pjr 14 1 1 1 2 2pjt 16 1 1 1 2 2pjt 12 1 1 1 2 2pjv 14 1 1 1 2
        2pk1 f 1 1 1 2 2pk3 d 1 1 1 2 2pk5 b 1 1 1 2 2pk7 y 1 1 1 2 2pk9 5 1 1 1 2 2pkd 3 1 1 1 2 2pkb 7 1 1 1 2
        2pkb 9 1 1 1 2 2pkh f 1 1 1 2 2pkj d 1 1 1 2 2pkl b 1 1 1 2 2pkn y 1 1 1 2 2pkr 14 1 1 1 2 2pkr 12 1 1 1 2
        2pkn s 1 1 1 2 2pkx d 1 1 1 2 2pkz b 1 1 1 2 2pl1 9 1 1 1 2 2pl1 f 1 1 1 2 2pl3 d 1 1 1 2 2pl5 b 1 1 1 2
        2pl1 s 1 1 1 2 2pl1 q 1 1 1 2 2pm1 20 1 1 1 2 2pm3 20 j 1 1 3 2pmz 4 1e 1 1 1 3 2pn1 6 1 1 1 1 3 2pn3 6 1
        1 1 1 3 2pn5 6 1c 1 1 1 3 2pn7 8 1a 1 1 1 3 2pn9 1i 1d 1 1 1 3 2pnb 1i 1b 1 1 1 3 2pnd 1i 19 1 1 1 3 2pnb
        1e 1b 1 1 1 3 2pnd 1e 1b 1 1 1 3 2pnd 1c a 1 1 1 3 2pnf 1c 8 1 1 1 3 2pn5 b 1 1 1 1 3 2pn7 d 2 1 1 1 3
        2pn9 d 1m 1 1 1 3 2pnb 10 1b 1 1 1 3 2pnd 10 1b 1 1 1 3 2pnf 10 1d 1 1 1 3 2pnh 10 0 1 1 1 3 2pnj 10 0 1 1
        1 3 2pnh f 0 1 1 1 3 2pnj f 0 1 1 1 3 2pnl w 0 1 1 1 3 2pnp d 1c 1 1 1 3 2pnr d 1c 1 1 1 3 2pnt f 1o 1 1 1
        3 2pnv y 19 1 1 1 3 2pnx y 19 1 1 1 3 2pnz y 0 1 1 1 3 2po1 y 0 1 1 1 3 2pnz h 1k 1 1 1 3 2po1 f 1a 1 1 1
        3 2po3 f 1a 1 1 1 3 2po3 s 1b 1 1 1 3 2po5 s 1b 1 1 1 3 2po7 s 0 1 1 1 3 2po9 s a 1 1 1 3 2po7 p 1e 1 1 1
        3 2po9 o 0 1 1 1 3 2pob o 0 1 1 1 3 2pod o 8 1 1 1 3 2pod m 0 1 1 1 3 2pof m a 1 1 1 3 2poh m 8 1 1 1 3
        2po5 11 1a 1 1 1 3 2po7 11 1a 1 1 1 3 2po7 6 1b 1 1 1 3 2po9 6 0 1 1 1 3 2po7 19 1c 1 1 1 3 2po9 19 1m 1 1
        1 3 2pob 19 1k 1 1 1 3 2pod 1b 0 1 1 1 3 2pof 1b 0 1 1 1 3 2poh 17 1a 1 1 1 3 2poj 17 1a 1 1 1 3 2pol 2 1b
        1 1 1 3 2pon 2 1b 1 1 1 3 2pon 1b 1 1 1 1 3 2pop 1b 1c 1 1 1 3 2por 1b 1m 1 1 1 3 2pot 1d 2 1 1 1 3 2pov
        1d 1e 1 1 1 3 2pox 19 3 1 1 1 3 2poz 19 1a 3 1 1 3 2pp5 1d 4 1 1 1 3 2pp3 3 1d 1 1 1 3 2pp5 3 0 1 1 1 3
        2pp9 1d 1c 1 1 1 3 2ppb 1d 1k 1 1 1 3 2ppd 1f 1e 1 1 1 3 2ppf 1f 1e 1 1 1 3 2pph 1f 1m 1 1 1 3 2ppj 1 a 1
        1 1 3 2ppl 1 8 1 1 1 3 2ppf 9 0 1 1 1 3 2pph 9 0 1 1 1 3 2prf c 1k 1 1 1 3 2prd 4 1o 1 1 1 3 2prf 4 1m 1 1
        1 3 2prh 8 1k 1 1 1 3 2prj 8 1i 1 1 1 3 2prl 1i a 1 1 1 3 2prn 1i 8 1 1 1 3 2prl 1e a 1 1 1 3 2prn 2 1k 1
        1 1 3 2prp 1e 8 1 1 1 3 2prd 9 1i 1 1 1 3 2prb f 1m 1 1 1 3 2prf d 1m 1 1 1 3 2prd h 1m 1 1 1 3 2pqn 1b 1o
        1 1 1 3 2pqp 2 a 1 1 1 3 2pqf 1l 1m 1 1 1 3 2pqh 1n 1o 1 1 1 3 2pqj 9 a 1 1 1 3 2pqv 0 a 1 1 1 3 2pr3 6 a
        1 1 1 3 2pqx 1d 1m 1 1 1 3 2pr7 6 1b 1 1 1 3 2pr5 19 1c 1 1 1 3 2prt o a 1 1 1 3 2prb 4 a 1 1 1 3 2pr7 1f
        2 1 1 1 3 2prb 19 1k 1 1 1 3 2prf 1b 1e 1 1 1 3 2prj 4 0 1 1 1 3 2prj 1b 1e 1 1 1 3 2prh 1f 2 1 1 1 3 2psz
        2 1m 1 1 1 3 2psz 1 1o 1 1 1 3 2prp 1d 1o 1 1 1 3 2prz 8 a 1 1 1 3 2ptf a 1m 1 1 1 3 2prz 4 0 1 1 1 3 2psl
        p 1e 1 1 1 3 2psv w 0 1 1 1 3 2pt1 9 1k 1 1 1 3 2ps1 1f 1o 15 1 1 3 2pv9 u 7w 1 1 1 3 2pul 4 7w 1 1 1 4
        2pw5 1m 0 6 1 1 1 4 2pw7 1k 1h i 1 1 1 4 2pul 1b 1c 17 1 1 1 4 2pvj u l o 1 1 1 4 2pvt 4 16 7 1 1 1 4 2pvf
        m c 5 1 1 1 4 2pun 15 y 2 1 1 1 3 2pvr u a 1 1 1 i 2pvt u a 2fl 2dq 1m 0 6 2fh 2eq m c 5 2fh 2fk 15 y 2 1
        1 1 8 2pwd 1c 2fb 2e0 1c 1l 1m 6 1 1 1 4 2pw5 8m 95 1m k 1 1 1 2sav 1 1 2 1 29en 2 1 2 1 2sa9 2 1 1 1 2sbr
        1 1 1 1 2sa5 1 1 2 1 29dt 2 1 1 3 2sb9 0 0 n 1 1 2 2scj 0 1 1 1 1 2fqx 1 1 1 1 2fr1 1 1 1 1 2s9z 1 1 1 1
        2sa1 1 1 2 1 2sd5 2 1 1 1 2s8n 1 1 1 1 2s8l 1 1 2 1 29ft 2 1 2 1 29g5 2 1 2 1 29gl 2 1 2 1 29gt 2 1 4 1
        29gp 6 1 1 1 2sbb 1 1 1 1 2sb9 1 1 1 2 2sep 156 1 1 1 2 2ser 156 1 1 1 2 2set 156 1 1 1 2 2sev 156 1 1 1 1
        2sbf 1 1 1 1 2sbh 1 1 1 1 2sbj 1 1 1 1 2sef 1 1 1 1 29i7 1 1 1 1 2sef 2 1 1 1 2sdt 1 1 1 1 2sdx 1 1 1 1
        2sdp 1 1 1 1 2sff 1 1 1 1 2ft3 1 1 2 1 2sf5 2 1 1 1 2san 1 1 1 1 2sal 1 1 2 1 29ht 2 1 1 1 2sfr 1 1 1 1
        2sfn 1 1 2 1 2sfh 2 1 1 1 2sff 1 1 1 1 2sen 1 1 1 1 2sel 1 1 1 1 2sep 2 1 1 1 2sd3 1 1 2 1 2sg9 2 1 1 1
        2set 5 1 1 2 2sgv 2fq 1 1 1 2 2q1t m 1 1 1 2 2sgz 2fs 2 1 1 2 2sh3 2fu 2 1 1 2 2sh7 2fw 1 1 1 2 2q25 s 1 1
        1 2 2shb 2fy 1 1 1 2 2q29 u 1 1 1 2 2shf 2g0 1 1 1 2 2q2d w 1 1 1 2 2shj 2g2 1 1 1 2 2q2h y 1 1 1 2 2shn
        2g4 1 1 1 2 2q2l 10 1 1 1 1 2q4d 1 1 1 2 2q43 2g 1 1 1 2 2q45 2g 1 1 1 2 2q47 2i 1 1 1 2 2q49 2i 1 1 1 2
        2q2h o 1 1 1 2 2q2j o 1 1 1 2 2q4f 2k 1 1 1 2 2q4h 2k 1 1 1 2 2q2l k 1 1 1 2 2q2n k 1 1 1 2 2q2p k 1 1 1 2
        2q2r k 1 1 1 1 2q4r 1 1 2 1 2q4t 2 1 1 1 2q4v 1 1 1 1 2q4x 1 1 2 1 2q4z 2 1 2 1 2q51 2 1 1 1 2q53 1 1 1 1
        2q55 1 1 2 1 2q57 2 1 1 1 2q59 1 1 1 1 2q5b 1 1 2 1 2q5d 2 1 1 1 2q5f 1 1 1 1 2q5h 1 1 2 1 2q5j 2 1 1 1
        2q5l 1 1 1 1 2q5n 1 1 2 1 2q5p 2 1 1 1 2q5r 1 1 1 1 2q5t 1 1 2 1 2q5v 2 1 2 1 2q5x 2 1 2 1 2q5z 2 1 2 1
        2q61 2 1 2 1 2q63 2 1 1 1 2q65 1 1 1 1 2q67 1 1 2 1 2q69 2 1 1 1 2q6b 1 1 1 1 2q6d 1 1 2 1 2q6f 2 1 1 1
        2q6h 1 1 1 1 2q6j 1 1 2 1 2q6l 2 1 1 1 2q6n 1 1 1 1 2q6p 1 1 2 1 2q6r 2 1 1 1 2q6t 1 1 1 1 2q6v 1 1 2 1
        2q6x 2 1 1 1 2q6z 1 1 1 1 2q71 1 1 2 1 2q73 2 1 1 1 2q75 1 1 1 1 2q77 1 1 2 1 2q79 2 1 1 1 2q7b 1 1 1 1
        2q7d 1 1 1 1 2q7f 1 1 1 1 2q73 1 1 1 1 2q75 1 1 1 1 2q77 1 1 2 1 2q79 2 1 1 1 2q7b 1 1 1 1 2q7d 1 1 2 1
        2q7f 2 1 1 1 2q7h 1 1 1 1 2q7j 1 1 2 1 2q7l 2 1 1 1 2q7n 1 1 1 1 2q7p 1 1 2 1 2q7r 2 1 1 1 2q7t 1 1 1 1
        2q7v 1 1 2 1 2q7x 2 1 1 1 2q7z 1 1 1 1 2q81 1 1 2 1 2q83 2 1 1 1 2q85 1 1 1 1 2q87 1 1 2 1 2q89 2 1 2 1
        2q8b 2 1 2 1 2q8d 2 1 1 1 2q8f 1 1 1 1 2q8h 1 1 1 1 2q8j 1 1 1 3 2q8x 1l 2g 1 1 1 3 2q8z 1l 2g 1 1 1 3
        2q91 1l 2i 1 1 1 3 2q93 1l 2i 1 1 1 3 2q95 1l 2k 1 1 1 3 2q97 1l 2k 1 1 1 2 2q99 1l 1 1 1 2 2q9b 1l 5 1 2m
        1 2sov 2m 1 2 1 2chf 2 1 1 1 29x9 1 1 2 1 29wr 2 1 1 1 29xh 1 1 1 1 29jn 1 1 1 1 29k7 1 1 1 1 29or 1 1 1 1
        29op 1 1 1 1 29on 1 1 1 1 29ol 1 1 1 1 29oj 1 1 1 1 29ld 1 1 1 1 29lb 1 1 1 1 29l9 1 1 1 1 29nb 1 1 1 1
        29k7 1 1 1 1 29p9 1 1 1 1 29p7 1 1 1 1 29p5 1 1 1 1 29p3 1 1 2 1 29p1 2 1 1 1 29oz 1 1 1 1 29ox 1 1 1 1
        29ov 1 1 1 1 29ot 1 1 1 1 29or 1 1 1 1 29op 1 1 1 1 29on 1 1 1 1 29ol 1 1 1 1 29oj 1 1 1 1 29oh 1 1 1 1
        29of 1 1 1 1 29ob 1 1 1 1 29o9 1 1 1 1 29o7 1 1 6 1 29o5 6 1 1 1 29o1 1 1 1 1 29nx 1 1 1 1 29nt 1 1 1 1
        29np 1 1 5 1 29nl 5 1 1 1 29nj 1 1 1 1 29nh 1 1 6 1 29nf 6 1 1 1 29nd 1 1 1 1 29n7 1 1 2 1 29s9 2 1 1 1
        2m4f 1 1 2 1 2m9t 2 1 1 1 2m0h 1 1 1 1 2m9v 1 1 2 1 2m0h 2 1 3 1 2m9z 3 1 6 1 2m0j 6 1 1 1 2m97 1 1 3 1
        2mad 3 1 1 1 2m91 1 1 a 1 2maf d 1 6 1 2m69 8 1 6 1 2m6d 8 1 6 1 2m6h 8 1 3 1 2m6l 6 1 2 1 2su3 2 1 1 1
        2stn 1 1 1 2 2t1h 154 1 1 1 1 2su3 1 1 1 1 2su7 1 1 1 1 2g6x 2 1 1 1 2eh7 1 1 4 1 2fu9 4 1 1 1 2e8p 1 1 1
        1 2e6d 15w2 1 q 1 54sd q 1 q 1 54s1 q 1 q 1 54v9 q 1 7 1 54ux 8 1 i 1 54ux i 1 q 1 54y5 q 1 q 1 54xt q 2 2
        1 5511 3 1 1 1 5511 3 1 1 1 5511 3 1 2 1 5511 4 1 4 1 5511 5 1 8 1 5511 8 1 4 1 550p 5 2 2 1 550p 3 1 6 1
        550p 7 1 b 1 550p b 1 q 1 553x q 1 q 1 553l q 1 2 1 556t 3 1 4 1 556t 6 1 8 1 556t 9 1 7 1 556t 8 1 q 1
        556h q 1 2 1 559p 3 1 4 1 559p 5 1 5 1 559p 6 1 1 1 559p 4 1 7 1 559p 8 1 q 1 559d q 1 q 1 55cl q 1 q 1
        55c9 q 1 q 1 55fh q 1 q 1 55f5 q 1 q 1 55id q 1 q 1 55i1 q 1 q 1 55l9 q 1 q 1 55kx q 1 q 1 55o5 q 1 q 1
        55nt q 1 q 1 55r1 q 1 q 1 55qp q 1 1 1 55gl 1 1 1 1 5523 3 1 h 1 54j1 h 1 1 1 54jl 1 1 7 1 54j1 7 1 1 1
        4sj7 1 1 p 1 54ip p 1 1 1 4skx 1 1 1 1 54jx 1 1 1 1 54jt 1 1 1 1 54jr 1 1 1 1 54j5 1 1 1 1 54jh 1 1 1 1
        54jl 1 1 h 1 54m9 h 1 1 1 54mt 1 1 7 1 54m9 7 1 1 1 4smf 1 1 p 1 54lx p 1 1 1 4so5 1 1 1 1 54n5 1 1 1 1
        54n1 1 1 1 1 54mz 1 1 1 1 54md 1 1 1 1 54mp 1 1 1 1 54mt 1 1 h 1 54ph h 1 1 1 54q1 1 1 7 1 54ph 7 1 1 1
        4spn 1 1 p 1 54p5 p 1 1 1 4srd 1 1 1 1 54qd 1 1 1 1 54q9 1 1 1 1 54q7 1 1 1 1 54pl 1 1 1 1 54px 1 1 1 1
        54q1 1 1 h 1 54sp h 1 1 1 54t9 1 1 7 1 54sp 7 1 1 1 4ssv 1 1 p 1 54sd p 1 1 1 4sul 1 1 1 1 54tl 1 1 1 1
        54th 1 1 1 1 54tf 1 1 1 1 54st 1 1 1 1 54t5 1 1 1 1 54t9 1 1 h 1 54vx h 1 1 1 54wh 1 1 7 1 54vx 7 1 1 1
        4sw3 1 1 p 1 54vl p 1 1 1 4sxt 1 1 1 1 54wt 1 1 1 1 54wp 1 1 1 1 54wn 1 1 1 1 54w1 1 1 1 1 54wd 1 1 1 1
        54wh 1 1 2 1 54uz 4 1 a 1 56bf a 1 a 1 56bz a 1 a 1 56cj a 1 a 1 56d3 a 1 a 1 56dn 4cq 1 2 1 5cq9 2 1 1 1
        5cq3 1 1 1 1 5cpz 2 1 1 1 5cop 1 1 1 1 5cpz 1 1 1 1 5cqb 1 1 1 1 5cpt 1 1 1 1 5cot 1 1 4 1 5cp9 4 1 1 1
        5cqd 1 1 1 1 5cq3 1 1 1 1 5cpp 1 1 1 1 5cqf 1 1 1 1 5cpr 1 1 1 1 5cqr 1 1 1 1 5cqn 1 1 2 1 5cr9 2 1 1 1
        5cr5 1 1 1 1 5cr3 1 1 1 1 5cqt 1 1 1 1 5cqr 1 1 1 1 5cqp 1 1 1 1 5cnv 1 1 1 1 5cjp 1 1 1 1 5cl5 1 1 1 1
        5cnz 2 1 1 1 5cs1 1 1 1 1 5crv 2 1 1 1 5cqh 3 1 1 1 5cs3 2 1 1 1 5cql 1 1 4 1 5cr1 4 1 1 1 5cs5 1 1 1 1
        5crv 1 1 1 1 5crh 1 1 1 1 5cs7 1 1 1 1 5crj 2 1 1 1 5csf 1 1 2 1 5ct1 2 1 1 1 5csx 2 1 1 1 5csl 2 1 1 1
        5csh 7 1 1 1 5ctn 5 1 1 1 5ctv 2 1 1 1 5csd 2 2 2 1 5cst 3 1 1 1 5ctx 1 1 1 1 5ctn 2 1 1 1 5ctz 1 1 1 1
        5ctb 2 1 1 1 5cu7 3 1 1 1 5cup 2 1 1 1 5cud 2 1 1 1 5cu9 2 1 1 1 5cn9 2 1 1 1 5crj 2 1 1 1 5cvl 1 1 1 1
        5cvf 2 1 1 1 5cu1 3 1 1 1 5cvn 1 1 1 1 5cv5 1 1 1 1 5cu5 1 2 2 1 5cul 3 1 1 1 5cul 1 1 1 1 5cvp 1 1 1 1
        5cvf 1 1 1 1 5cv1 1 1 1 1 5cvr 1 1 1 1 5cv3 2 1 1 1 5cvz 1 1 2 1 5cwl 2 1 1 1 5cwh 2 1 1 1 5cw5 1 1 1 1
        5cw3 1 1 1 1 5cw1 1 1 1 1 5ct7 2 1 1 1 5cqh 2 1 2 1 5cxd 2 1 1 1 5cx7 1 1 1 1 5cx3 1 1 2 1 5cvt 2 1 1 1
        5cx3 1 1 1 1 5cxf 1 1 1 1 5cwx 1 1 1 1 5cvx 2 1 3 1 5cwd 3 1 1 1 5cxh 1 1 1 1 5cx7 1 1 1 1 5cwt 1 1 1 1
        5cxj 1 1 1 1 5cwv 1 1 1 1 5cxv 1 1 1 1 5cxr 1 1 2 1 5cyd 2 1 1 1 5cy9 1 1 1 1 5cy7 1 1 1 1 5cxx 1 1 1 1
        5cxv 1 1 1 1 5cxt 6 1 1 1 5cz5 1 1 1 1 5cyz 1 1 1 1 5cyv 2 1 1 1 5cxl 1 1 1 1 5cyv 1 1 1 1 5cz7 1 1 1 1
        5cyp 1 1 1 1 5cxp 2 1 3 1 5cy5 3 1 1 1 5cz9 1 1 1 1 5cyz 1 1 1 1 5cyl 1 1 1 1 5czb 1 1 1 1 5cyn 1 1 1 1
        5czn 1 1 1 1 5czj 1 1 2 1 5d05 2 1 1 1 5d01 1 1 1 1 5czz 1 1 1 1 5czp 1 1 1 1 5czn 1 1 1 1 5czl g5 1 1 2
        5g9r 3 1 1 1 2 5g9t 7 1 1 1 2 5g9t 9 1 1 1 2 5g9t b 1 1 1 2 5g9t d 1 1 1 2 5g9t f 1 1 1 2 5g9t h 1 1 1 2
        5g9t j 1 1 1 2 5g9t l 1 1 1 2 5g9t n 1 1 1 2 5g9t p 6 1 1 3 5gb3 1e 1b 1 1 1 3 5gb5 1g 1d 1 1 1 3 5gb7 1i
        1f 1 1 1 3 5gb9 1k 1h 1 1 1 3 5gbb 1m 1j 1 1 1 3 5gbd 1o 1l 1 1 1 3 5gbf 1q 1n 1 1 1 3 5gbh 1s 1p 1 1 1 3
        5gbj 1u 1r 1 1 1 3 5gbl 1w 1t 1 1 1 3 5gbn 1y 1v 1 1 1 3 5gbp 20 1x 1 1 1 3 5gbr 22 1z 1 1 1 3 5gbt 24 21
        1 1 1 3 5gbv 26 23 1 1 1 3 5gbx 28 25 1 1 1 3 5gbz 2a 27 1 1 1 3 5gc1 2c 29 1 1 1 3 5gc3 2e 2b 1 1 1 3
        5gc5 2g 2d 1 1 1 3 5gc7 2i 2f 1 1 1 3 5gc9 2k 2h 1 1 1 3 5gcb 2m 2j 1 1 1 3 5gcd 2o 2l 1 1 1 3 5gcf 2q 2n
        1 1 1 3 5gch 2s 2p 1 1 1 3 4xez iv5 iv8 1 1 1 1 5gb3 1 1 1 1 5gab 1 1 1 2 5gb7 2 1 1 1 2 5ga5 6 2 1 q 1
        5gbh q 1 1 2 5gcj s 1 1 1 2 5gcb i 1 1 1 2 5gc1 t 1 1 1 2 5gc3 0 1 1 1 3 5gcb 0 c 1 1 1 2 5gbz 13 r 1 1 2
        5ge1 j 1 1 1 2 5ge3 h 11 1 1 2 5ggn c 34 1 1 2 4xl5 2n 1 1 1 2 4xi3 0 1 1 1 1 4xi1 e 1 1 1 4dxl 1 1 1 1
        4goj 1 1 1 1 4jnv 1 1 1 2 4xi1 2h 1 1 1 1 4lqn 1 1 1 1 4hkl 1 1 1 1 3yat 1 1 1 1 4hjv 1 1 1 1 4lpj 1 1 1 1
        4cfl 1 1 1 1 4835 1 1 1 1 4cn7 1 1 1 1 4k9p 1 1 1 1 4f1d 1 1 1 1 4kkh 1 1 1 1 4cm5 1 1 1 1 4kcl 1 1 1 1
        43b1 1 1 1 1 46it 1 1 1 1 3x83 1 1 1 1 4hnr 1 1 1 1 4jiv 1 1 1 1 48wz 1 1 1 1 4dur 1 1 1 1 4dk5 1 1 1 1
        4lzl 1 1 1 1 4lz5 1 1 1 1 3vsx 1 1 1 1 4fpn 1 1 1 1 4lxb 1 1 1 1 4jn9 1 1 1 1 4dov 1 1 1 1 3wxr 1 1 1 1
        4dyz 1 1 1 1 44td 1 1 1 1 44fl 1 1 1 1 4jmf 1 1 1 1 4961 1 1 1 1 4c49 1 1 1 1 4c4d 1 1 1 1 46ix 1 1 1 1
        4k99 1 1 1 1 4iyv 1 1 1 1 3vff 5 1 1 3 4xuf lrk lrh 1 1 1 3 4xuh bu2 btz 1 1 1 3 4xuj c1c c19 1 1 1 3 4xul
        h62 h5z 1 1 1 3 4xun pje pjb 1 1 1 3 4xup jum juj 1 1 1 3 4xur rye ryb 1 1 1 3 4xut dqq dqn 1 1 1 3 4xuv
        l1i l1f 8 1 1 1 4f3l 1 1 1 1 4jpf
        """

    /// (distance, first, second): each pair that composes, Hangul apart, from its composite.
    static let compositions: StaticString = """
        5c 71 w0 1 73 w0 1 75 w0 1 77 w0 1 79 w8 1 7b wa 2 7b xs 1 79 vk 1 7b vk 1 7d vk 1 7f vu 1 79 vc 1 7b vc 1
        7d vc 1 7f vm 2 79 v8 1 79 v0 1 7b v0 1 7d v0 1 7f v0 1 7h v8 3 7b um 1 7d um 1 7f um 1 7h uw 1 7b ug 3 71
        u8 1 73 u8 1 75 u8 1 77 u8 1 79 ug 1 7b ui 2 7b w0 1 79 ts 1 7b ts 1 7d ts 1 7f u2 1 79 tk 1 7b tk 1 7d tk
        1 7f tu 2 79 tg 1 79 t8 1 7b t8 1 7d t8 1 7f t8 1 7h tg 3 7b su 1 7d su 1 7f su 1 7h t4 1 7b so 2 7f sy 1
        al so 1 8v sm 1 ap so 1 8z sm 1 at ug 1 93 ue 1 at s6 1 93 s4 1 ax s4 1 97 s2 1 b1 sa 1 9b s8 1 b5 sg 1 9f
        se 1 b7 sc 1 9h sa 3 bd ro 1 9n rm 1 bh ro 1 9r rm 1 bl rm 1 9v rk 1 bp tc 1 9z ta 1 bt ro 1 a3 rm 1 bt r0
        1 a3 qy 1 bx r4 1 a7 r2 1 c1 r2 1 ab r0 1 c5 sq 1 af so 1 c7 qk 1 ah qi 3 cd qe 1 an qc 1 ch qc 1 ar qa 1
        cl qc 1 av qa 1 cp s4 1 az s2 1 ct q6 4 cz po 1 b9 pm 1 d1 rm 1 bb rk 2 d5 pc 1 bf pa 1 d9 rc 1 bj ra 1 dd
        pq 1 bn po 5 dl os 1 bv oq 1 dp qs 1 bz qq 1 dt p6 1 c3 p4 4 e1 og 1 cb oe 1 e5 og 1 cf oe 1 e9 om 1 cj ok
        3 eb nu 1 cl ns 1 ef pu 1 cp ps 1 ej o8 1 ct o6 1 el ni 1 cv ng 1 ep ng 1 cz ne 1 et pe 1 d3 pc 1 ex ns 1
        d7 nq 1 ez p6 1 d9 p4 1 f3 nk 1 dd ni 3 f9 mu 1 dj ms 1 fd ms 1 dn mq 1 fh ms 1 dr mq 1 fl mw 1 dv mu 1 fp
        mu 1 dz ms 1 ft oc 1 e3 oa 1 ft m4 1 e3 m2 1 ft m0 1 e3 ly 1 fx m8 1 fx ls 1 e7 lq 1 g1 m0 1 eb ly 1 g5 m6
        1 ef m4 y ip l2 1 gz l0 e j7 k8 1 hh k6 t lz hq 1 k9 ho 1 ln hm 1 jx hk 1 lf hi 1 jp hg 1 l7 he 1 jh hc 1
        dt gu 1 c3 gs 1 dx gk 1 c7 gi 1 e1 h2 1 cb h0 1 e5 ga 1 cf g8 2 fn gc 1 dx ga 1 3w g8 1 3w g6 1 fr g4 1 e1
        g2 3 n1 gc 1 lb ga 1 mx g8 1 l7 g6 1 mt ho 1 l3 hm 1 3 fk 1 3 fi 1 31 fw 1 92 fu 1 ln fs 4 nt ey 1 m3 ew 3
        nn eo 1 lx em 1 h5 em 1 ff ek 1 h7 ei 1 fh eg 1 gb ee 1 el ec 1 ot f2 1 n3 f0 1 ox f2 1 n7 f0 1 ot eu 1 n3
        es 1 ox eu 1 n7 es 1 ot em 1 n3 ek 1 ox em 1 n7 ek 1 op ee 1 mz ec 1 ot ee 1 n3 ec 1 or e6 1 n1 e4 1 ov e6
        1 n5 e4 1 ot dy 1 n3 dw 1 ox dy 1 n7 dw 1 p5 f0 1 nf ey 1 p7 ew 1 nh eu 3 q3 d8 1 od d6 7 qx ci 1 p7 cg 1
        qt e6 1 p3 e4 1 iv c4 1 h5 c2 1 j1 c0 1 hb by 1 ql c2 1 ov c0 1 3 bs 1 3 bq 1 q9 bo 1 oj bm 9e 14p 7b 1 m
        7d 2 q 7h 1 s 7j 1 u 7l 2 12 7p 2 1a 7t 1 1g 7v 1 38 7x q x 8z 1 b 91 1 a 9h 1 g 9j 1 i 9l 1 k 9n 1 1i 9p
        q x ar 1 b at 1 p b9 1 f bb 1 9 bd 5 1 bn 1 3 bb 18 16 e7 1 14 dt 2 w eb 4 1 e5 5 s et 1 m ex 1 16 en b 1
        f9 w 1 h1 n 1h in 1 1j i9 2 1r ir 4 1 il 5 1v j9 1 21 jd 1 1h j3 o 3 jx 1 3 jz 22 9h ol 1 7r on e an pf 1
        8x ph 1 ar pf 1 91 ph 3 ap pr 1 8z pt 3 3 pv 1 3 px 1 az pz 1 99 q1 1 b1 q3 1 9b q5 3 b7 qj 1 9h ql 1 bb
        qf 1 9l qh 1 b3 qj 1 9d ql 3 3 qr 1 3 qt 1 al qv 1 8v qx 1 b9 r7 1 9j r9 1 bd r3 1 9n r5 1 bh r1 1 9r r3 1
        bd rb 1 9n rd 3 bd rj 1 9n rl 89 a 2q 1 8 2q 1 20 2o 1 4 2o 1 20 2k 4a 16 5z 2 1 63 h 1 71 gm 1 12 8 1 m 3
        1 g 47 7 p 1 9 m ak 1 s 3 7 p 1 9 m 20 3 3q 1i 7 n 1 7 p 1 b m 3g 3 s 3c 1 16 7 1 s 1 3 s 2 7 f 1 1 k 3j 7
        n 1 7 p 1 b m 3y 1 v 2 5 p 1 1 11 1 9 2 g8 1 g 25c 1 2m 2 1 2i 2 1 2e 2 1 2a 2 1 26 4 1 1y 15 1 b 2 1 f 3
        3 l 1 3 n 2 1 r jh br1 alx 1 bpb alz 1 br3 anp 1 bpd anr 1 br7 am9 1 bph amb 1 brb all 1 bpl aln 1 bk1 aod
        1 bib aof 1 brf ao5 1 bpp ao7 1 brj amp 1 bpt amr 1 brn am1 1 bpx am3 1 brr amp 1 bq1 amr 1 brv amh 1 bq5
        amj 1 bgj ap3 1 bgj ap5 1 bgn ap5 1 bgn ap7 1 bs5 amt 1 bqf amv 1 bs9 amr 1 bqj amt 1 b1j ap7 1 b1j ap9 1
        bsf ap9 1 bqp apb 1 bsh apj 1 bqr apl 1 bsj aph 1 bqt apj 1 bsn ao1 1 bqx ao3 1 bsr apn 1 br1 app 1 bsv
        ao1 1 br5 ao3 1 bsz anr 1 br9 ant 1 bt1 anr 1 brb ant 1 blp aqh 1 bjz aqj 1 bt5 aql 1 brf aqn 1 bt9 aot 1
        brj aov 1 btd ao5 1 brn ao7 1 btf ap1 1 brp ap3 1 3 aqv 1 3 aqx 1 btn aoh 1 brx aoj 1 btr aot 1 bs1 aov 1
        btt ard 1 bs3 arf 1 btx ar5 1 bs7 ar7 1 bu1 app 1 bsb apr 1 bu3 ard 1 bsd arf 1 bu7 apx 1 bsh apz 1 bub
        ap9 1 bsl apb 1 buf apl 1 bsp apn 1 bn1 as5 1 blb as7 1 bn5 arv 1 blf arx 1 bgn asf 1 bgn ash 1 bgr ash 1
        bgr asj 1 buv asl 1 bt5 asn 1 buz asd 1 bt9 asf 1 buz ash 1 bt9 asj 1 bv3 ar1 1 btd ar3 1 3 asv 1 3 asx 1
        bvb aqh 1 btl aqj 1 bvd asx 1 btn asz 1 bvh arh 1 btr arj 1 bgz at5 1 bgz at7 1 bgr at9 1 bgr atb 1 b atd
        1 b atf 1 bvv ath 1 bu5 atj 1 bvz as1 1 bu9 as3 1 bw3 ard 1 bud arf 1 bw7 arp 1 buh arr 1 bw9 asb 1 buj
        asd 1 bwd arr 1 bun art 1 bwh as1 1 bur as3 1 bhb aul 1 bhb aun 1 bhb aub 1 bhb aud 1 bwr aup 1 bv1 aur 1
        bwv at1 1 bv5 at3 1 bwx av3 1 bv7 av5 1 bx1 av5 1 bvb av7 1 bx5 auv 1 bvf aux 1 bx9 av1 1 bvj av3 1 bxd
        atl 1 bvn atn 1 bxf av9 1 bvp avb 1 bxj avb 1 bvt avd 1 bxl avh 1 bvv avj 1 bxn avv 1 bvx avx 1 bxr au5 1
        bw1 au7 1 bxv ath 1 bw5 atj 1 bx7 atl 1 bwl avx 1 bwh avv 1 bwf avx 2 bhz aw7 5 bzx aux 1 by7 auz 1 c01
        awh 1 byb awj 1 bsz ax1 1 br9 ax3 1 bt3 ax7 1 brd ax9 1 bt7 awt 1 brh awv 1 btb ax9 1 brl axb 1 n axf 1 n
        axh 1 bpz axl 1 bpz axn 1 bq3 axr 1 bq3 axt 1 bq7 axd 1 bq7 axf 1 bqb axt 1 bqb axv 1 17 axr 1 17 axt 1
        c11 aw9 1 bzb awb 1 c15 axt 1 bzf axv 1 c19 ay9 1 bzj ayb 1 btz ayh 1 bs9 ayj 1 bu3 ayn 1 bsd ayp 1 bu7
        ay9 1 bsh ayb 1 bub ayp 1 bsl ayr 1 r ayv 1 r ayx 1 c1p ayl 1 bzz ayn 1 c1t ax9 1 c03 axb 1 c1l axd 1 bzv
        axf 1 c1p ayx 1 bzz ayz 1 buf azh 1 bsp azj 1 buj azn 1 bst azp 1 bun az9 1 bsx azb 1 bur azp 1 bt1 azr 1
        n azv 1 n azx 1 bjn b01 1 bjn b03 1 bjr b07 1 bjr b09 1 bjv azt 1 bjv azv 1 bjz b09 1 bjz b0b 1 bk3 ayl 1
        bk3 ayn 1 c2l ayp 1 c0v ayr 1 c2p b09 1 c0z b0b 1 bjl b0t 1 bjl b0v 1 bjp b0z 1 bjp b11 1 bjt b0l 1 bjt
        b0n 1 bjx b11 1 bjx b13 1 bk1 azd 1 bk1 azf 1 c35 b1f 1 c1f b1h 1 c39 azl 1 c1j azn 1 c3d b15 1 c1n b17 1
        c3h b1l 1 c1r b1n 7 asd b15 1 asf b15 1 3 b2b 1 3 b2d 1 7 b2d 1 7 b2f 1 b ayv 1 b ayx 1 aul b1l 1 aun b1l
        1 3 b2r 1 3 b2t 1 7 b2t 1 7 b2v 1 b azb 1 b azd 1 at1 b21 1 at3 b21 1 3 b37 1 3 b39 1 7 b39 1 7 b3b 3 av9
        b2h 1 avb b2h 1 3 b3n 1 3 b3p 1 7 b3p 1 7 b3r 3 att b2x 1 atv b2x 1 3 b43 1 3 b45 1 7 b45 1 7 b47 1 b b0n
        1 b b0p 1 aw1 b3d 1 aw3 b3d 1 3 b4j 1 3 b4l 1 7 b4l 1 7 b4n 1 b b13 1 b b15 1 aul b3t 1 aun b3t 1 3 b4z 1
        3 b51 1 7 b51 1 7 b53 1 b b1j 1 b b1l 1 awt b49 1 awv b49 1 3 b5f 1 3 b5h 1 7 b5h 1 7 b5j 1 b b1z 1 b b21
        1 av5 b4p 1 av7 b4p 1 3 b5v 1 3 b5x 1 7 b5x 1 7 b5z 3 axd b55 1 axf b55 1 3 b6b 1 3 b6d 1 7 b6d 1 7 b6f 3
        avp b5l 1 avr b5l 1 3 b6r 1 3 b6t 1 7 b6t 1 7 b6v 1 b b3b 1 b b3d 2 axz b61 2 3 b79 2 7 b7b 2 b b3t 1 awd
        b6h 1 awf b6h 1 3 b7n 1 3 b7p 1 7 b7p 1 7 b7r 1 b b47 1 b b49 1 ayl b6x 1 ayn b6x 1 3 b83 1 3 b85 1 7 b85
        1 7 b87 1 b b4n 1 b b4p 1 ayl b8f 2 ayh b8j 2 ayh b8n 2 ayh b8r 2 ay9 b8v 2 ay1 b8z 2 axx b93 4 73 b5h 1
        73 b5j 1 73 b5l 1 73 b5n 1 73 b5p 1 73 b5r 1 73 b5t 1 73 b5v 1 73 b5x 1 73 b5z 1 73 b61 1 73 b63 1 73 b65
        1 73 b67 1 73 b69 1 73 b6b 1 67 b6d 1 67 b6f 1 67 b6h 1 67 b6j 1 67 b6l 1 67 b6n 1 67 b6p 1 67 b6r 1 67
        b6t 1 67 b6v 1 67 b6x 1 67 b6z 1 67 b71 1 67 b73 1 67 b75 1 67 b77 1 3j b79 1 3j b7b 1 3j b7d 1 3j b7f 1
        3j b7h 1 3j b7j 1 3j b7l 1 3j b7n 1 3j b7p 1 3j b7r 1 3j b7t 1 3j b7v 1 3j b7x 1 3j b7z 1 3j b81 1 3j b83
        1 b25 bbn 1 b27 bbt 1 3n b89 1 b2b b8b 1 b2n b8d 2 b2h b8n 1 1 b8j 1 b4d bc3 1 b4f bc9 1 b4h bcj 2 b4l b8t
        5 ca9 b99 1 4b b95 1 b2v b97 1 b3f b99 2 b31 b9j 1 1 b9f 1 b51 bdb 2 b51 bdf 2 b55 b9p 1 r bdl 1 t bdl 1 v
        ba1 1 b3h bdf 1 b3j bdl 1 b2n bdv 4 b3t baf 1 b2x bah 1 b5p bdv 1 b5r be1 1 b5t beb 3 1u beh 1 1s beh 1 1q
        bax 1 b3p beb 1 b3r beh 1 b3h ber 2 b45 bdt 1 b47 bdt 1 b41 bbb 1 b3r bbd 1 b5x ber 1 b5z bex 1 b61 bf7 2
        b6d be7 1 ccp bfd 5 6j bbt 1 b4j bbv 1 b4b bbx 2 b4p bc7 1 1 bc3 1 b75 bfz 2 b6p bg3 2 b6t bcd bi j c03 1
        h c05 j 1f c17 v 6 c2x 1 c c2z 1 6 c31 1h 1 c5z 5 1 c69 3 1 c6f o 1 c7r 2 1 c7v r 9 c9d 3 1 c9j 3 3 c9p 2
        1 c9t n dhh cb3 2 1 cb7 b 1r cbt 1 dib cbv 1 di9 cbx 1 n cbz 1 n cc1 3 3 cc7 1 3 cc9 3 3 ccf 1 3 cch 7 b
        ccv 1 b ccx 3 3 cd3 1 3 cd5 3 3 cdb 1 3 cdd z j cfb 1 9 cfd 1 9 cff 1 7 cfh 1d 5j ci7 1 5j ci9 1 4h cib 1
        4h cid 7 33 cir 1 33 cit 1 33 civ 1 33 cix 2n3 1 4a 2 1 46 2 1 42 2 1 3y 2 1 3u 2 1 3q 2 1 3m 2 1 3i 2 1
        3e 2 1 3a 2 1 36 2 1 32 3 1 2w 2 1 2s 2 1 2o 7 1 2a 1 3 2a 2 1 24 1 3 24 2 1 1y 1 3 1y 2 1 1s 1 3 1s 2 1
        1m 1 3 1m n 4b a a 1 9 e 1 11 2 1 15 2 1 19 2 1 1d 2 1 1h 2 1 1l 2 1 1p 2 1 1t 2 1 1x 2 1 21 2 1 25 2 1 29
        3 1 2f 2 1 2j 2 1 2n 7 1 31 1 3 31 2 1 37 1 3 37 2 1 3d 1 3 3d 2 1 3j 1 3 3j 2 1 3p 1 3 3p n 4b 51 3 f 57
        1 f 59 1 f 5b 1 f 5d 4 1 5l 1864 1 1s 2 1 1o f b u 3n 6 d 1 6 f f0 7 p 1 9 m a7 3 1 1 5 n 2 9 1 70 3 l 1 3
        n
        """

    /// Runs of (distance, length): the combining marks that `StripAccents` removes.
    static let marks: StaticString = """
        lc 34 7n 7 7b 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 y 4 1 9 1 3 1 5 17 3 3c
        e 1 x 1i 3 1 i 1 7 a 2 t 3 1k 1 1 7 2 2 2 3 9 1 a 2 t 3 1k 1 1 5 4 2 2 3 3 1 u 2 3 1 b 3 1k 1 1 8 1 3 1 3
        k 2 t 3 1k 1 1 7 2 2 2 3 8 2 a 2 u 1 1n 5 3 3 1 4 9 1 14 4 1m 7 1 3 1 4 7 2 b 2 t 3 1k 1 1 7 1 3 1 4 7 2 b
        2 t 3 1m 7 1 3 1 4 9 1 a 2 u 2 1y 1 4 6 1 1 1 8 i 2 1p 1 2 7 c 8 2q 1 2 6 1 2 b 6 22 2 r 1 1 1 1 1 4 2 1d
        k 1 2 5 b 1 10 9 1 2s k n 4 4 3 1 3 2 7 3 4 d c 1 1 a 4 jj 3 qa 3 t 3 t 2 u 2 1s w 9 1 19 3 3b 2 y 1 3a c
        4 c 63 5 1l a 1 t 2 1 1c f 1t 5 1b h 12 9 c 3 u d 1k e 1c k 48 3 1 l 4 1 4 3 3 2 5i 1i 5 5 k0 x 2da 3 3x 1
        2o w fe 6 2x 2 n9w 4 1 a w 2 28 2 7k 1 3 1 4 1 n 5 2g 2 1e i q i 1g 8 p d 18 4 1b e 10 1 1v e c 1 8 2 19 3
        1e 1 1 3 2 2 5 2 1 1 15 5 5 2 6k 8 1 2 fn4 1 kh g g g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l 2 109 3 1h
        f 1k 4 19 b 1x 3 10 e 1q 1 c 3 1c e 9 3 2n c 6 1 4g c l 4 1k 1 1 7 2 2 2 3 9 1 a 2 2 7 3 5 5c i 2x k 6j 7
        2 9 r 2 2a h 2y d 2t f zn 8 1 8 2a m 1 e fg9 5 1n 7 t6 1a g 4 f7u 2 43q 5 3 6 8 8 2 7 u 4 44 3 1iz 1j 4 1e
        8 1 e 1 m 5 1 f 11s 7 1 h 2 7 1 2 1 5 1ph 7 31 7 gzhx 6o
        """

    /// Runs of (distance, length): `\p{L}` of the regex engine.
    static let letters: StaticString = """
        1t q 6 q 1b 1 a 1 4 1 5 n 1 v 1 cq 4 c e 5 7 1 1 1 3l 5 1 2 2 4 1 1 6 1 1 3 1 1 1 k 1 2b 1 3v 8 4m 1 12 2
        1 6 15 1z r 4 4 19 17 z 2 1 2r 1 1 f 2 7 2 a 3 2 1 g 1 1 u t 2h b 1 o x 9 2 4 1 5 m 4 1 9 1 3 1 n p 7 b 5
        o 1 6 h 16 1m 1i 3 1 i 1 7 a f g 4 8 2 2 2 m 1 7 1 1 3 4 3 1 g 1 d 2 1 3 e 2 a 1 8 6 4 2 2 m 1 7 1 2 1 2 1
        2 v 4 1 1 j 3 g 9 1 3 1 m 1 7 1 2 1 5 3 1 i 1 f 2 n 1 b 8 2 2 2 m 1 7 1 2 1 5 3 1 u 2 1 3 f 1 h 1 1 6 3 3
        1 4 3 2 1 1 1 2 3 2 3 3 3 c m 1 1g 8 1 3 1 n 1 g 3 1 q 3 2 1 2 2 u 1 4 8 1 3 1 n 1 a 1 5 3 1 v 2 1 2 f 2 h
        9 1 3 1 15 2 1 g 1 5 3 8 3 o 6 5 i 3 o 1 9 1 1 2 7 1m 1c 1 2 c 7 1m 2 1 1 1 5 1 o 1 1 1 a 1 2 9 1 2 5 1 1
        l 4 w 1 1r 8 1 10 r 5 37 17 k 1 g 6 4 4 3 1 3 2 7 3 4 d c 1 h 12 1 1 5 1 2 17 1 99 1 4 2 7 1 1 1 4 2 15 1
        4 2 x 1 4 2 7 1 1 1 4 2 f 1 1l 1 4 2 1v 11 g g 2e 2 6 3 h8 2 h 1 q 5 23 6 8 7 i d j e i e d 1 3 f 1g z 1 4
        1 1v 2h 7 5 2 y 1 1 5 1y a v 1d u 2 5 b 18 4 q 1i n 9 1h 2a 1 2l 1b h 8 1i u d 2 a 18 q 10 15 3 a 10 2 b 5
        17 2 3 15 4 1 6 1 2 3 1 5 5c 1s 7q 2 6 2 12 2 6 2 8 1 1 1 1 1 1 1 v 2 1h 1 7 1 1 3 3 1 7 3 4 2 6 4 d 5 3 1
        7 38 1 d 1 g d 2t 1 4 1 2 a 1 1 3 5 6 1 1 1 1 1 1 4 1 b 2 4 5 5 4 1 1g 2 22j 6d 6 4 3 2 c 12 1 1 5 1 2 1k
        7 1 g n 9 7 1 7 1 7 1 7 1 7 1 7 1 7 1 7 28 1 d1 2 16 5 5 2 4 2e 6 3 1 2i 1 4 5 17 1 2m h w 1c g e8 534 1s
        h3h 1v 1a 2 7h 3 g a 2 k 1b g v 2 1y 1d 9 2 2v 2 1v 2 2 1 1 1 8 l g 1 3 1 4 1 n t 1g e 1e 1q 6 3 1 1 2 b s
        a n p t 7 1b s 1 g 5 1 a a 5 1 15 n 3 1 8 k n 3 1 3 1e 1 1 3 2 2 5 2 1 1 1 o 3 2 b 7 3 c 6 2 6 2 6 9 7 1 7
        1 17 1 e 6 37 t 8mc c n 4 1d 6is a6 2 2y 12 7 c 5 5 1 1 a 1 d 1 5 1 1 1 2 1 2 1 30 x a3 i 1s 2 1i 14 c 38
        5 1 3r 10 q 6 q b 2h 3 6 2 6 2 6 2 3 z c 1 q 1 j 1 2 1 f 2 e y 3f at t 3 1d 1b w d k 1 8 6 12 a u 2 10 4 8
        1c 4e i 10 4 10 4 14 8 1g c b 1 f 1 7 1 2 1 b 1 f 1 7 1 2 3 1g c 8n 9 m a 8 o 6 1 16 1 9 1x 6 2 1 1 18 1 2
        3 1 2 n a n 9 v 1t j 1 2 a m a q 1y 1k 6 2 1s 1 f 4 1 3 1 t 16 t 3 t z 8 1 s r 1i a m a j d i 32 21 1j 1f
        d 1f d 10 12 s 9 n 6y 16 6 2 g 3 1n t a 1 8 m 16 i 1a l r n c 1h 1l 2 2 1 d 19 w p q 10 t 1 2 1 8 z 3 1 c
        1c e 4 l 1 1 1 z i 1 p j 2 1r 7 1 1 1 4 1 f 1 a 7 1b 12 8 2 2 2 m 1 7 1 2 1 5 3 1 i 1 c 5 u a 1 1 2 1 1 12
        1 1 p 1 1 1 18 1h i 4 k 3 u 1c k 2 1 1 54 1b 15 4 10 1c k 1 1n 17 d 1 1z r 11 7 55 18 38 1s v 8 2 1 2 8 1
        2 1 o f 1 1 1 2m 8 2 13 g 1 1 1 s 1 a 14 7 1 l 1 b 1a j 1 i 21 5j x v 9 1 11 h 1 1d u 34 7 1 2 1 12 l 1 p
        6 1 2 1 w e 1 93 j f 1 1 d 1 y 3g 1 27 pm 6e 5g 218 2p f ts h 6 p 32z 5 g7 5a1 u 1cy ft 7 v h 27 h u i 1c
        g 4 v l 5 j c0 19 5v 1s 3k 23 5 1 1u d 1s 2 1 1 s 4qg 8 ye 15 a 6w7 4 1 7 1 2 1 83 f 1 t 3 2 1 e 4 8 b0
        1s4 2z 5 d 3 9 7 a 4me 2d 1 1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g 2 p 1
        p 1 v 1 p 1 v 1 p 1 v 1 p 1 v 1 p 1 8 1f8 v 6 6 79 1q 42 19 a 7 g 1 8x u i 18 dg s 6c u 2 1 dr 7 1 4 1 2 1
        f 1 5h 1n 1w 7 1 xg 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2
        1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1 h 3es wyo w 37e 6 66 2 4g2 e 5rl f ha 1wi f2 15u 3t7 5 38g
        """

    /// Runs of (distance, length): `\p{N}` of the regex engine.
    static let numbers: StaticString = """
        1c a 3c 2 5 1 2 3 141 a 3q a 5i a bg a 3a a 4 6 30 a 3a a 3a a 2 6 32 d 37 a 8 7 2v a 2w 7 7 j 31 a 2o a
        3a a 1y k 7g a 1y a jz k oh 3 6n a 6 a m a 8c a 3k b 4l a 6 a 52 a 2e a 3q a 6 a t2 1 3 6 6 a 5i 1f 2 5 k6
        1o 26 m hi u 12h 1 ll 1 p 9 e 3 9j 4 3u a u 8 1 f w a 13 f msg a 58 a 8w 6 4a a 12 a 5i a m a 2e a ba a
        geu a dp 19 c 1l h 2 9h r 10 4 t 1 8 1 3q 5 5m a q6 8 p 7 13 9 23 5 m 6 4g 2 2 g 2 1a 1s 9 1g 2 u 3 23 5
        2w 8 o 8 15 7 96 6 1c a 6 a 7q v 4e a 16 4 34 7 3q u 3k a 1o a 40 a 7 k 6z a 9i a 3a a ae a 2u a 6 k 24 c
        bo j 2l a ie a 2e t 6b a 1y a bq a 2u l tn 33 c01 a 1t2 a 2e a 3q a 1 7 em a 7a n imx a 152 k c k 30 p ut
        1e 1ts a bq a dy a 6v a jw 9 3k a lz 1n 1 3 1 4 24 19 1 f qq d 25f a
        """

    /// Runs of (distance, length, class): `ClusterClass`, all Hangul syllables as one.
    static let clusterClasses: StaticString = """
        0 a 3 0 1 2 0 2 3 0 1 1 0 i 3 2n x 3 9 1 f 3 1 3 0 1 f gh 34 4 7n 7 4 7b 19 4 1 1 4 1 2 4 1 2 4 1 1 4 1k 6
        9 a b 4 1 1 3 1a l 4 g 1 4 2t 7 4 0 1 9 1 6 4 2 2 4 1 4 4 x 1 9 1 1 4 u r 4 2j b 4 1m 9 4 9 1 4 o 4 4 1 9
        4 1 3 4 1 5 4 17 3 4 1g 2 9 5 9 4 16 o 4 0 1 9 0 w 4 0 1 8 h 11 g 0 1 4 0 1 8 0 1 4 1 3 8 0 8 4 0 4 8 0 1
        6 0 2 8 1 7 4 0 8 g 2 2 4 k 8 g 1 1 4 0 2 8 h k g 1 7 g 1 1 g 3 4 g 2 1 4 1 1 4 0 2 8 0 4 4 2 2 8 2 2 8 0
        1 6 9 1 4 4 2 g 1 1 g 2 2 4 c 2 g c 1 4 2 2 4 0 1 8 1k 1 4 1 3 8 0 2 4 4 2 4 2 3 4 3 1 4 u 2 4 3 1 4 b 2 4
        0 1 8 h k g 1 7 g 1 2 g 1 5 g 2 1 4 1 3 8 0 5 4 1 2 4 0 1 8 1 2 8 0 1 6 k 2 4 l 1 g 0 6 4 1 1 4 0 2 8 h k
        g 1 7 g 1 2 g 1 5 g 2 1 4 1 2 4 0 1 8 0 4 4 2 2 8 2 2 8 0 1 6 7 3 4 4 2 g 1 1 g 2 2 4 d 1 g g 1 4 1n 1 4 0
        1 8 0 1 4 0 2 8 3 3 8 1 3 8 0 1 4 9 1 4 14 1 4 0 3 8 0 1 4 g k g 1 g g 2 1 4 1 3 4 0 4 8 1 3 4 1 3 4 0 1 6
        7 2 4 1 3 g 7 2 4 t 1 4 0 2 8 1k 1 4 1 1 8 0 2 4 0 1 8 0 1 4 0 2 8 1 3 4 1 4 4 7 2 4 b 2 4 f 1 8 c 2 4 0 2
        8 h 12 g 0 2 4 1 1 4 0 2 8 0 4 4 1 3 8 1 3 8 0 1 6 0 1 9 8 1 4 a 2 4 t 1 4 0 2 8 1y 1 4 4 1 4 0 2 8 0 3 4
        1 1 4 1 7 8 0 1 4 i 2 8 1p 1 4 1 1 8 0 7 4 c 8 4 2q 1 4 1 1 8 0 9 4 b 7 4 21 2 4 r 1 4 1 1 4 1 1 4 4 2 8
        1d e 4 0 1 8 0 5 4 1 2 4 5 b 4 1 10 4 9 1 4 1l 17 g 2 4 4 0 1 8 0 6 4 1 1 6 0 1 4 0 2 8 0 2 4 0 1 g g 6 g
        0 2 8 0 2 4 0 4 g 0 3 4 0 1 g 3 2 g 7 3 g 0 4 4 0 d g 0 1 4 1 1 8 0 2 4 6 1 4 0 1 g e 1 4 2q 2o a 0 20 b 0
        2g c 9p 3 4 qa 4 4 s 3 4 t 2 4 u 2 4 c 1g g 0 2 4 0 1 8 0 7 4 0 8 8 0 1 4 0 2 8 0 9 4 0 1 6 0 1 4 9 1 4 19
        3 4 0 1 3 0 1 4 39 2 4 y 1 4 3a 3 4 0 4 8 0 2 4 0 3 8 4 2 8 0 1 4 0 6 8 0 3 4 63 2 4 0 2 8 0 1 4 4 1h g 0
        1 8 0 1 4 0 1 8 0 7 4 1 1 6 1 1 4 2 8 4 0 6 8 0 a 4 2 1 4 1c 1a 4 2 c 4 k 4 4 0 1 8 6 2 g 6 x g 0 a 4 0 4
        8 0 2 4 0 1 6 0 8 g u 9 4 c 2 4 0 1 8 0 u g 0 1 8 0 4 4 0 2 8 0 3 4 0 1 6 0 2 4 0 2 g b 3 g 14 1 4 0 1 8 0
        2 4 0 3 8 0 1 4 0 1 8 0 5 4 1c 8 8 0 8 4 0 2 8 0 2 4 48 3 4 1 d 4 0 1 8 0 7 4 4 1 4 6 1 4 2 1 8 0 2 4 5i
        1s 4 ej 1 3 0 1 5 0 1 7 0 2 3 o 7 3 d 1 f c 1 f m g 3 2o x 4 1d 1 f m 1 f 2i 6 f f 2 f a7 2 f c 1 f 4m 1 f
        p b f 4 3 f 5j 1 f 6f 2 f a 1 f 9 1 f 1m 4 f 1 5 f 9 1 f 2 1 f 2 2 f 2 1 f 4 1 f 2 1 f 1 2 f 2 1 f 3 1 f 3
        2 f 8 3 f 5 1 f 1 1 f 5 c f b 2 f 2 1 f 1 2 f 1 1 f i 1 f 2 2 f i 6 f 1 1 f 1 2 f 3 2 f 5 1 f 2 2 f 4 2 f
        b 2 f 5 2 f 2 1 f 5 2 f 1 1 f 1 2 f k 2 f 5 6 f 1 4 f 2 1 f 4 1 f 2 1 f 2 6 f 1 1 f 2 1 f 1 1 f 1 1 f 6 1
        f 3 1 f 6 1 f a 2 f f 1 f 2 1 f 4 1 f 1 1 f 4 3 f 1 1 f b 2 f 1c 3 f 9 1 f e 1 f e 1 f ac 2 f cv 3 f j 2 f
        1f 1 f 4 1 f bd 3 4 3x 1 4 2o w 4 fe 6 4 0 1 f c 1 f 2j 2 4 e4 1 f 1 1 f mvp 4 4 1 a 4 w 2 4 28 2 4 7k 1 4
        3 1 4 4 1 4 n 2 8 0 2 4 0 1 8 4 1 4 2b 2 8 1e g 8 0 2 4 q i 4 d 1 4 12 8 4 p b 4 0 1 8 0 1 4 c t a 3 3 4 0
        1 8 5 3 g 3 10 g 0 1 4 0 2 8 0 4 4 0 2 8 0 2 4 0 2 8 0 1 6 v 5 g 0 1 4 1 9 g a 5 g 16 6 4 0 2 8 0 2 4 0 2
        8 0 2 4 c 1 4 8 1 4 0 1 8 i g g 1 3 g 6 1 g 1 1 4 1 2 g 1c 1 4 1 3 4 2 2 4 5 2 4 1 1 4 u b g 0 1 8 0 2 4 0
        2 8 5 1 8 0 1 6 5l r g 8 2 8 0 1 4 0 2 8 0 1 4 0 2 8 1 1 8 0 1 4 i 8mc d c n b 4 1d c 6xu 1 4 kh g 4 g g 4
        5r 1 3 4e 2 4 28 c 3 e9 1 4 6a 1 4 45 5 4 1ad 1 g 0 3 4 1 2 4 5 4 4 0 4 g 1 3 g 1 t g 2 3 4 4 1 6 4l 2 4
        fx 4 4 1t 5 4 8t 2 4 25 6 4 1y b 4 1d 4 4 3e 1 8 0 1 4 0 1 8 1h f 4 15 1 4 2 2 4 a 3 4 0 1 8 19 3 8 0 4 4
        0 2 8 0 2 4 2 1 9 4 1 4 a 1 9 1e 3 4 0 10 g 0 5 4 0 1 8 0 6 4 0 1 6 0 1 4 f 1 g 0 2 8 0 1 g 17 1 4 c 2 4 0
        1 8 1c 3 8 0 9 4 0 1 8 0 1 4 1 2 9 5 4 4 1 1 8 0 1 4 2k 3 8 0 3 4 0 2 8 0 4 4 6 1 4 2 1 4 4d 1 4 0 3 8 0 8
        4 l 2 4 0 2 8 1j 2 4 1 1 4 0 1 8 0 1 4 0 4 8 2 2 8 2 2 8 0 1 4 9 1 4 a 2 8 2 7 4 3 5 4 b a g 1 1 g 2 1 g 1
        12 g 2 1 4 0 2 8 0 6 4 1 1 4 2 1 4 1 3 4 0 1 8 1 2 8 0 2 4 0 1 6 0 1 9 0 1 4 e 2 4 2a 3 8 0 8 4 0 2 8 0 3
        4 0 1 8 0 1 4 n 1 4 29 1 4 0 2 8 0 6 4 0 1 8 0 1 4 0 2 8 0 1 4 0 1 8 0 2 4 0 1 8 0 2 4 6j 1 4 0 2 8 0 4 4
        2 4 8 0 2 4 0 1 8 0 2 4 r 2 4 2a 3 8 0 8 4 0 2 8 0 1 4 0 1 8 0 2 4 2y 1 4 0 1 8 0 1 4 0 2 8 0 8 4 2t 1 4 0
        1 8 0 1 4 2 4 4 0 1 8 0 5 4 74 3 8 0 9 4 0 1 8 0 2 4 5h 7 g 2 1 g 2 8 g 1 2 g 1 o g 0 1 4 0 5 8 1 2 8 2 3
        4 0 1 6 0 1 9 0 1 8 0 1 9 0 1 8 0 1 4 3x 3 8 0 4 4 2 2 4 0 4 8 0 1 4 3 1 8 r 1 g 0 a 4 0 14 g 0 6 4 0 1 8
        1 4 4 8 1 6 8 1 g 0 6 4 0 2 8 0 3 4 0 14 g 0 6 9 0 d 4 0 1 8 0 1 4 0 1 6 5i 1 4 0 1 8 0 3 4 0 1 8 0 1 4 0
        1 8 5j 1 8 0 7 4 1 6 4 0 1 8 0 1 4 2a m 4 1 1 8 0 7 4 0 1 8 0 2 4 0 1 8 0 2 4 3e 6 4 3 1 4 1 2 4 1 7 4 0 1
        9 0 1 4 1u 5 8 1 2 4 1 2 8 0 1 4 0 1 8 0 1 4 9n 2 4 0 2 8 9 2 4 0 1 9 0 1 8 0 d g 1 y g 0 2 8 0 5 4 3 2 8
        0 2 4 0 1 6 n 1 4 445 g 3 0 1 4 6 f 4 8ug c 4 0 3 8 0 3 4 1xc 5 4 1n 7 4 t4 1 4 1 1j 8 7 4 4 29 1 4 b 2 4
        f57 2 4 1 4 3 3mk 1a 4 2 n 4 f2 5 4 3 6 4 0 8 3 0 8 4 2 7 4 u 4 4 44 3 4 1iz 1j 4 4 1e 4 8 1 4 e 1 4 m 5 4
        1 f 4 11s 7 4 1 h 4 2 7 4 1 2 4 1 5 4 2s 1 4 4g 7 4 af 1 4 1p 4 4 e4 4 4 72 2 4 6r 1 4 2 1 4 7 2 4 5 1 4
        d6 7 4 31 7 4 1bt 1 f 13 4 f 2s c f f 2 f f 1 f e 2 f 11 a f 34 2 f c 2 f e 1 f 2 a f j 1k f r f f a 1 f k
        1 f 2 9 f 1 4 f 9 n f 6 58 f 2 34 f 2 2 f 1 3 f 2 2b f 2 3 f 1 4 f 0 5 4 0 72 f 1 1r f b 6 f 1 o f 7 2 f 2
        8 f c 1 f 2 4 f 2 1 f 4 2 f d 2 f 2 1 f 8 2 f 9 1 f 5 3 f c 3 f 8 3 f 2 1 f 1 1 f 4 1 f 6 1 f 3 1 f 6 2e f
        1c 1y f 5 8 f 2 h f 3 1 f 1 6 f 2 d f 62 12 f c 4 f 1k 8 f a 6 f 14 8 f u 2 f c 4 f 2 e f 9 13 f c 1b f 1
        a f 1 55 f 2g 8 f e 42 f 74 se f gute w 3 0 2o 4 0 3k 3 0 6o 4 0 2s0 3
        """
}
