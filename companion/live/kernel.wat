;; What takes the time, with four numbers to an instruction: a Linear, a softmax, GELU.
;;
;; `linear` is y = x W^T + b. x has `rows` rows of `inner` numbers, W has `columns` rows of as many, b has `columns`
;; numbers, y is `rows` by `columns`; x, w, b and y are where they begin in memory. `rows`
;; is a multiple of 4, `columns` one of 8. W is packed as `panels` in kernel.js does it:
;; eight of its rows at a time, and of these the numbers of one column side by side.
;;
;; `softmax` and `gelu` work in place, and on a multiple of 4 numbers.
(module
  (memory (export "memory") 1)

  (func (export "linear")
    (param $x i32) (param $w i32) (param $b i32) (param $y i32)
    (param $rows i32) (param $inner i32) (param $columns i32)
    (local $x_stride i32) (local $y_stride i32)  ;; bytes from row to row
    (local $row i32) (local $column i32) (local $k i32)
    (local $x0 i32) (local $x1 i32) (local $x2 i32) (local $x3 i32) (local $panel i32)
    (local $number v128) (local $low v128) (local $high v128)
    (local $y00 v128) (local $y01 v128) (local $y10 v128) (local $y11 v128)
    (local $y20 v128) (local $y21 v128) (local $y30 v128) (local $y31 v128)

    (local.set $x_stride (i32.mul (local.get $inner) (i32.const 4)))
    (local.set $y_stride (i32.mul (local.get $columns) (i32.const 4)))
    (loop $columns_by_eight
      (local.set $row (i32.const 0))
      (local.set $x0 (local.get $x))
      (loop $rows_by_four
        ;; The four rows of x, and eight sums for each, which begin with the bias.
        (local.set $x1 (i32.add (local.get $x0) (local.get $x_stride)))
        (local.set $x2 (i32.add (local.get $x1) (local.get $x_stride)))
        (local.set $x3 (i32.add (local.get $x2) (local.get $x_stride)))
        (local.set $panel (local.get $w))
        (local.set $y00 (v128.load (local.get $b)))
        (local.set $y01 (v128.load offset=16 (local.get $b)))
        (local.set $y10 (local.get $y00)) (local.set $y11 (local.get $y01))
        (local.set $y20 (local.get $y00)) (local.set $y21 (local.get $y01))
        (local.set $y30 (local.get $y00)) (local.set $y31 (local.get $y01))

        (local.set $k (local.get $inner))
        (loop $products
          (local.set $low (v128.load (local.get $panel)))
          (local.set $high (v128.load offset=16 (local.get $panel)))

          (local.set $number (v128.load32_splat (local.get $x0)))
          (local.set $y00 (f32x4.add (local.get $y00)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y01 (f32x4.add (local.get $y01)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $number (v128.load32_splat (local.get $x1)))
          (local.set $y10 (f32x4.add (local.get $y10)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y11 (f32x4.add (local.get $y11)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $number (v128.load32_splat (local.get $x2)))
          (local.set $y20 (f32x4.add (local.get $y20)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y21 (f32x4.add (local.get $y21)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $number (v128.load32_splat (local.get $x3)))
          (local.set $y30 (f32x4.add (local.get $y30)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y31 (f32x4.add (local.get $y31)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $x0 (i32.add (local.get $x0) (i32.const 4)))
          (local.set $x1 (i32.add (local.get $x1) (i32.const 4)))
          (local.set $x2 (i32.add (local.get $x2) (i32.const 4)))
          (local.set $x3 (i32.add (local.get $x3) (i32.const 4)))
          (local.set $panel (i32.add (local.get $panel) (i32.const 32)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (br_if $products (local.get $k)))

        ;; Write them; $k is free, and now walks down the four rows of y.
        (local.set $k (i32.add
          (i32.add (local.get $y) (i32.mul (local.get $column) (i32.const 4)))
          (i32.mul (local.get $row) (local.get $y_stride))))
        (v128.store (local.get $k) (local.get $y00))
        (v128.store offset=16 (local.get $k) (local.get $y01))
        (local.set $k (i32.add (local.get $k) (local.get $y_stride)))
        (v128.store (local.get $k) (local.get $y10))
        (v128.store offset=16 (local.get $k) (local.get $y11))
        (local.set $k (i32.add (local.get $k) (local.get $y_stride)))
        (v128.store (local.get $k) (local.get $y20))
        (v128.store offset=16 (local.get $k) (local.get $y21))
        (local.set $k (i32.add (local.get $k) (local.get $y_stride)))
        (v128.store (local.get $k) (local.get $y30))
        (v128.store offset=16 (local.get $k) (local.get $y31))

        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (local.set $x0 (i32.add (local.get $x)
          (i32.mul (local.get $row) (local.get $x_stride))))
        (br_if $rows_by_four (i32.lt_u (local.get $row) (local.get $rows))))

      ;; The next eight rows of W, with their biases.
      (local.set $w (i32.add (local.get $w)
        (i32.mul (local.get $inner) (i32.const 32))))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (local.set $column (i32.add (local.get $column) (i32.const 8)))
      (br_if $columns_by_eight (i32.lt_u (local.get $column) (local.get $columns)))))

  ;; Make weights of each of `rows` rows of `length` numbers.
  (func (export "softmax") (param $at i32) (param $rows i32) (param $length i32)
    (local $end i32) (local $i i32)
    (local $largest v128) (local $sum v128) (local $power v128)
    (local.set $length (i32.mul (local.get $length) (i32.const 4)))  ;; bytes
    (loop $each_row
      (local.set $end (i32.add (local.get $at) (local.get $length)))

      (local.set $largest (v128.load (local.get $at)))
      (local.set $i (local.get $at))
      (loop $find
        (local.set $largest
          (f32x4.pmax (local.get $largest) (v128.load (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $find (i32.lt_u (local.get $i) (local.get $end))))
      (local.set $largest (f32x4.splat (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $largest))
                 (f32x4.extract_lane 1 (local.get $largest)))
        (f32.max (f32x4.extract_lane 2 (local.get $largest))
                 (f32x4.extract_lane 3 (local.get $largest))))))

      (local.set $sum (v128.const f32x4 0 0 0 0))
      (local.set $i (local.get $at))
      (loop $raise
        (local.set $power (call $exp
          (f32x4.sub (v128.load (local.get $i)) (local.get $largest))))
        (v128.store (local.get $i) (local.get $power))
        (local.set $sum (f32x4.add (local.get $sum) (local.get $power)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $raise (i32.lt_u (local.get $i) (local.get $end))))
      (local.set $sum (f32x4.splat (f32.add
        (f32.add (f32x4.extract_lane 0 (local.get $sum))
                 (f32x4.extract_lane 1 (local.get $sum)))
        (f32.add (f32x4.extract_lane 2 (local.get $sum))
                 (f32x4.extract_lane 3 (local.get $sum))))))

      (local.set $i (local.get $at))
      (loop $divide
        (v128.store (local.get $i)
          (f32x4.div (v128.load (local.get $i)) (local.get $sum)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $divide (i32.lt_u (local.get $i) (local.get $end))))

      (local.set $at (local.get $end))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $each_row (local.get $rows))))

  ;; x times the share of a normal distribution below x, for `count` numbers.
  (func (export "gelu") (param $at i32) (param $count i32)
    (local $end i32) (local $x v128)
    (local.set $end
      (i32.add (local.get $at) (i32.mul (local.get $count) (i32.const 4))))
    (loop $each
      (local.set $x (v128.load (local.get $at)))
      (v128.store (local.get $at)
        (f32x4.mul
          (f32x4.mul (local.get $x) (f32x4.splat (f32.const 0.5)))
          (f32x4.add (f32x4.splat (f32.const 1))
            (call $erf
              (f32x4.mul (local.get $x) (f32x4.splat (f32.const 0.70710678)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end)))))

  ;; The error function, as `erf` in formulas.js has it.
  (func $erf (param $x v128) (result v128)
    (local $size v128) (local $t v128) (local $sum v128)
    (local.set $size (f32x4.abs (local.get $x)))
    (local.set $t (f32x4.div (f32x4.splat (f32.const 1))
      (f32x4.add (f32x4.splat (f32.const 1))
        (f32x4.mul (local.get $size) (f32x4.splat (f32.const 0.3275911))))))
    (local.set $sum (f32x4.splat (f32.const 1.061405429)))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const -1.453152027))
      (f32x4.mul (local.get $sum) (local.get $t))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 1.421413741))
      (f32x4.mul (local.get $sum) (local.get $t))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const -0.284496736))
      (f32x4.mul (local.get $sum) (local.get $t))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 0.254829592))
      (f32x4.mul (local.get $sum) (local.get $t))))
    (local.set $sum (f32x4.sub (f32x4.splat (f32.const 1))
      (f32x4.mul (f32x4.mul (local.get $sum) (local.get $t))
        (call $exp
          (f32x4.neg (f32x4.mul (local.get $size) (local.get $size)))))))
    ;; with the sign of x
    (v128.or (local.get $sum)
      (v128.and (local.get $x) (i32x4.splat (i32.const 0x80000000)))))

  ;; e to the power of x, for x up to 0: 2^n e^r, with n whole and r near 0, for which
  ;; the first eight terms of 1 + r + r^2/2! + ... are enough.
  (func $exp (param $x v128) (result v128)
    (local $n v128) (local $r v128) (local $sum v128)
    (local.set $x (f32x4.max (local.get $x) (f32x4.splat (f32.const -87))))
    (local.set $n (f32x4.nearest
      (f32x4.mul (local.get $x) (f32x4.splat (f32.const 1.44269504)))))
    ;; r = x - n ln 2, in two steps: n times the first has no rounding
    (local.set $r (f32x4.sub (local.get $x)
      (f32x4.mul (local.get $n) (f32x4.splat (f32.const 0.693359375)))))
    (local.set $r (f32x4.add (local.get $r)
      (f32x4.mul (local.get $n) (f32x4.splat (f32.const 2.12194440e-4)))))
    (local.set $sum (f32x4.splat (f32.const 1.98412698e-4)))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 1.38888889e-3))
      (f32x4.mul (local.get $sum) (local.get $r))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 8.33333333e-3))
      (f32x4.mul (local.get $sum) (local.get $r))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 4.16666667e-2))
      (f32x4.mul (local.get $sum) (local.get $r))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 1.66666667e-1))
      (f32x4.mul (local.get $sum) (local.get $r))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 0.5))
      (f32x4.mul (local.get $sum) (local.get $r))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 1))
      (f32x4.mul (local.get $sum) (local.get $r))))
    (local.set $sum (f32x4.add (f32x4.splat (f32.const 1))
      (f32x4.mul (local.get $sum) (local.get $r))))
    ;; 2^n: n in the exponent of a float
    (f32x4.mul (local.get $sum)
      (i32x4.shl
        (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (i32x4.splat (i32.const 127)))
        (i32.const 23)))))
